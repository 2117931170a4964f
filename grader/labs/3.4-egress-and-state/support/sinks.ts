/** Two sinks, one contract: the learner's program, and the learner's configurations of Connect. */

import { recordsIn } from '../../../experiments/topic.ts'
import { eventually, fail, LearnerFault } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Program } from '../../../learner/types.ts'
import type { Flow } from './flow.ts'

type Parts = Pick<KpiFixtures, 'learner' | 'kafka' | 'registry' | 'postgres'>

export interface Sink {
  /** As a learner calls it. */
  name: string
  /** Milliseconds that it may take to write. */
  patience: number
  /** The group that commits the offsets of the topic of readings. */
  group: string
  start(): Promise<void>
  /** kill -9 */
  kill(): Promise<void>
  /** After `kill`: the same once more. */
  again(): Promise<void>
  /** Throws when it has given up. */
  check(): Promise<void>
  /** How many messages it has put aside. */
  deadLetters(): Promise<number>
}

/** src/sink.ts. */
export function programSink({ learner, kafka, registry, postgres }: Parts, { topics }: Flow): Sink {
  let program: Program | undefined
  const group = `${kafka.topicPrefix}sink`
  const options = {
    name: 'sink',
    ready: { kind: 'log', match: /^ready\b/ } as const,
    readyWithin: 30_000,
    env: {
      ...{ KAFKA_BROKERS: kafka.brokers, REGISTRY_URL: registry.url, DATABASE_URL: postgres.url, GROUP_ID: group },
      ...{ READINGS_TOPIC: topics.readings, ALERTS_TOPIC: topics.alerts, DLQ_TOPIC: topics.deadLetters, SESSION_MS: '3000' },
    },
  }
  return {
    ...{ name: 'src/sink.ts', group, patience: 30_000 },
    async start() {
      program = await learner.start('src/sink.ts', options)
    },
    kill: async () => program?.kill(),
    async again() {
      program = await program!.restart()
    },
    async check() {
      if (!program?.running) throw ended('src/sink.ts', 'it has ended')
    },
    deadLetters: () => recordsIn(kafka, topics.deadLetters),
  }
}

/** A sink that no longer works will not fill a table, however long one waits. */
const ended = (subject: string, saw: string, details: string[] = []) => new LearnerFault({ subject, expected: 'it runs on', saw, details })

/** connect/readings.json and connect/alerts.json on the worker. */
export function connectSink({ learner, kafka, registry, postgres, connect }: Parts & Pick<KpiFixtures, 'connect'>, { topics }: Flow): Sink {
  const connector = (file: string) => `${kafka.topicPrefix}${file}`
  const files = ['readings', 'alerts']
  // In containers it is Kafka Connect itself: a worker that was killed holds its partitions for 45 s, the embedded one for 3 s.
  const real = postgres.inside.host !== postgres.host
  const values: Record<string, string> = {
    READINGS_TOPIC: topics.readings,
    ALERTS_TOPIC: topics.alerts,
    DLQ_TOPIC: topics.deadLetters,
    JDBC_URL: `jdbc:postgresql://${postgres.inside.host}:${postgres.inside.port}/${postgres.database}`,
    DATABASE_USER: postgres.user,
    DATABASE_PASSWORD: postgres.password,
    // The converter of the real images speaks Apicurio's own interface, beside Confluent's.
    AVRO_REGISTRY_URL: registry.inside.url.replace(/\/apis\/ccompat\/v7$/, '/apis/registry/v2'),
  }
  const configOf = async (file: string): Promise<Record<string, string>> => {
    const path = `connect/${file}.json`
    const text = (await learner.read(path)).replace(/\$\{([A-Z_]+)\}/g, (whole, name: string) => values[name] ?? whole)
    try {
      const config = JSON.parse(text) as Record<string, string>
      if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config
    } catch (error) {
      fail({ subject: path, expected: 'one JSON object of keys and values', saw: (error as Error).message })
    }
    return fail({ subject: path, expected: 'one JSON object of keys and values', saw: text.slice(0, 80) })
  }
  interface Status {
    tasks?: { state: string; trace?: string }[]
  }
  const statusOf = (file: string) => connect.ask<Status>(`/connectors/${connector(file)}/status`)
  const reason = (trace: string) =>
    (trace.split('\n').findLast(text => text.startsWith('Caused by:')) ?? trace.split('\n')[0] ?? '').slice(0, 300)
  const check = async () => {
    for (const file of files) {
      const { body } = await statusOf(file)
      const failed = body.tasks?.find(({ state }) => state === 'FAILED')
      if (failed) throw ended(`the task of connect/${file}.json`, 'FAILED', [reason(failed.trace ?? '').replaceAll(kafka.topicPrefix, '')])
    }
  }
  const running = (file: string) =>
    eventually(
      `the task of connect/${file}.json runs`,
      async () => {
        await check()
        const { body } = await statusOf(file)
        return (body.tasks?.length ?? 0) > 0 && body.tasks!.every(({ state }) => state === 'RUNNING')
      },
      { within: 60_000, every: 100 },
    )
  return {
    ...{ name: 'Connect', group: `connect-${connector('readings')}`, patience: real ? 100_000 : 30_000, check },
    async start() {
      for (const file of files) {
        const { status, body } = await connect.ask<{ message?: string }>(
          `/connectors/${connector(file)}/config`,
          'PUT',
          await configOf(file),
        )
        if (status >= 400)
          fail({ subject: `connect/${file}.json`, expected: 'Connect takes it', saw: `${status} ${body.message ?? ''}`.slice(0, 400) })
      }
      for (const file of files) await running(file)
    },
    deadLetters: () => recordsIn(kafka, topics.deadLetters),
    kill: () => connect.kill(),
    async again() {
      await connect.start()
      for (const file of files) await running(file)
    },
  }
}
