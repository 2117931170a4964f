/** The learner's three programs on topics and a subject of their own. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import avsc from 'avsc'
import { frame } from '../../../experiments/framed.ts'
import { expect, fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Program } from '../../../learner/types.ts'
import { gist } from './gist.ts'
import { lines, type Reading } from './readings.ts'

type Given = Pick<KpiFixtures, 'learner' | 'kafka' | 'registry' | 'scratch' | 'cleanup'>

/** Milliseconds for what takes a moment on an idle machine. */
export const PATIENCE = 30_000

/** What a program that ran to its end has left. */
export interface Ran {
  code: number | null
  /** Its lines of JSON. */
  out: Record<string, unknown>[]
  err: Record<string, unknown>[]
}

/** One record to send as it is. */
export interface Raw {
  key?: string | null
  value: Buffer | null
}

/** Paths of the two versions in the lab. */
export const V1 = 'schema/reading.v1.avsc'
export const V2 = 'schema/reading.v2.avsc'

/** Topics `readings` and `rejected`, and what the programs do with them. */
export class Bench {
  readonly topic: string
  readonly subject: string
  readonly rejectTopic: string
  readonly #given: Given
  #files = 0

  private constructor(given: Given) {
    this.#given = given
    this.topic = `${given.kafka.topicPrefix}readings`
    this.subject = `${this.topic}-value`
    this.rejectTopic = `${given.kafka.topicPrefix}rejected`
  }

  /** With its topics made; `partitions` of the topic of readings, two unless it is given. */
  static async open(given: Given, { partitions = 2 } = {}): Promise<Bench> {
    const bench = new Bench(given)
    mkdirSync(join(given.scratch, 'schemas'), { recursive: true })
    const topics = [
      { topic: bench.topic, numPartitions: partitions },
      { topic: bench.rejectTopic, numPartitions: 1 },
    ]
    await given.kafka.admin.createTopics({ topics })
    return bench
  }

  /** A schema as a file that the programs may read. */
  schemaFile(schema: unknown): string {
    const path = join(this.#given.scratch, 'schemas', `${++this.#files}.avsc`)
    writeFileSync(path, JSON.stringify(schema, null, 2))
    return path
  }

  /** Runs src/release.ts; `schemaFile` is one of V1, V2 or what `schemaFile()` gave. */
  release(schemaFile: string, topic = this.topic): Promise<Ran> {
    return this.#run('src/release.ts', schemaFile, { TOPIC: topic })
  }

  /** Releases, which must succeed, and gives the id. */
  async released(schemaFile: string, topic = this.topic): Promise<number> {
    const { code, out, err } = await this.release(schemaFile, topic)
    if (code !== 0)
      fail({
        subject: `src/release.ts with ${schemaFile}: exit code`,
        expected: '0',
        saw: String(code),
        details: err.map(line => `${line['error']}: ${gist(String(line['message']))}`),
      })
    const id = Number(out.at(-1)?.['id'])
    expect(Number.isInteger(id) && id > 0, 'what src/release.ts prints has an id').toBe(true)
    return id
  }

  /** Runs src/producer.ts on readings. */
  produce(schemaFile: string, readings: readonly Reading[] | string): Promise<Ran> {
    return this.#run('src/producer.ts', schemaFile, {}, typeof readings === 'string' ? readings : lines(readings))
  }

  async #run(entry: string, schemaFile: string, env: Record<string, string>, stdin = ''): Promise<Ran> {
    const { learner, scratch } = this.#given
    const ran = await learner.run(entry, {
      env: { ...this.#env(schemaFile), ...env },
      read: [join(scratch, 'schemas')],
      stdin,
      withinMs: PATIENCE,
    })
    return { code: ran.code, out: objects(ran.stdout.split('\n')), err: objects(ran.stderr.split('\n')) }
  }

  /** Starts src/consumer.ts; it has no port. */
  consume(schemaFile: string, group: string): Promise<Program> {
    const { learner, kafka, scratch } = this.#given
    return learner.start('src/consumer.ts', {
      name: group,
      ready: { kind: 'none' },
      env: { ...this.#env(schemaFile), GROUP: `${kafka.topicPrefix}${group}` },
      read: [join(scratch, 'schemas')],
      limits: { outputBytes: 32 * 1024 * 1024 },
    })
  }

  #env(schemaFile: string): Record<string, string> {
    const { kafka, registry, learner } = this.#given
    return {
      KAFKA_BROKERS: kafka.brokers,
      REGISTRY_URL: registry.url,
      TOPIC: this.topic,
      REJECT_TOPIC: this.rejectTopic,
      SCHEMA_FILE: schemaFile.startsWith('/') ? schemaFile : join(learner.dir, schemaFile),
    }
  }

  /** Sends records as they are, all to one partition, in this order. */
  async send(records: readonly Raw[], partition = 0): Promise<void> {
    const producer = this.#given.kafka.client.producer()
    await producer.connect()
    await producer.send({ topic: this.topic, acks: -1, messages: records.map(({ key = null, value }) => ({ key, value, partition })) })
    await producer.disconnect()
  }

  /** Versions of the topic's subject. */
  async versions(): Promise<number[]> {
    const { status, body } = await this.#given.registry.ask<number[]>(`/subjects/${this.subject}/versions`)
    return status === 200 ? body : []
  }
}

/** Lines that are JSON objects; others are log lines. */
function objects(texts: readonly string[]): Record<string, unknown>[] {
  return texts.flatMap(text => {
    try {
      const value: unknown = JSON.parse(text)
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? [value as Record<string, unknown>] : []
    } catch {
      return []
    }
  })
}

/** What a consumer has printed so far, in its order: each record counts once, at its first time, as delivery is at least once. */
export function printed(program: Program): { partition: number; offset: number; reading: Reading }[] {
  const texts = program.logs.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)
  return oncePerPlace(objects(texts).filter(line => 'offset' in line) as never)
}

/** The first of each partition and offset. */
export function oncePerPlace<Placed extends { partition: number; offset: number }>(all: readonly Placed[]): Placed[] {
  const seen = new Set<string>()
  return all.filter(({ partition, offset }) => seen.size < seen.add(`${partition}:${offset}`).size)
}

/** A reading framed by the grader, with the schema of a file of the lab. */
export async function framed(learner: KpiFixtures['learner'], schemaFile: string, id: number, reading: Reading): Promise<Buffer> {
  return frame(id, avsc.Type.forSchema(JSON.parse(await learner.read(schemaFile)) as avsc.Schema).toBuffer(reading))
}
