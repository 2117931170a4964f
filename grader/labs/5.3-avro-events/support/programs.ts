/** The learner's two programs, and what they print. */
import { setTimeout as delay } from 'node:timers/promises'
import { eventually, fail } from '../../../kpi/index.ts'
import { LearnerFault } from '../../../kpi/outcomes.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Program } from '../../../learner/types.ts'

export type Parts = Pick<KpiFixtures, 'learner' | 'kafka' | 'registry'>

/** Milliseconds for what needs a broker that may be busy or just back. */
export const WITHIN = 45_000

/** Makes the topic, with the replicas that the broker's own default says. */
export async function newTopic({ kafka }: Pick<Parts, 'kafka'>, partitions = 3): Promise<string> {
  const topic = `${kafka.topicPrefix}readings`
  await kafka.admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: -1 }], waitForLeaders: true })
  // In a cluster each broker hears of a topic by itself.
  await eventually('the new topic is there', async () => (await kafka.admin.fetchTopicOffsets(topic)).length === partitions, { within: WITHIN, every: 50 }) // biome-ignore format: one line
  return topic
}

const env = ({ kafka, registry }: Parts, topic: string) => ({ KAFKA_BROKERS: kafka.brokers, REGISTRY_URL: registry.url, TOPIC: topic })

/** One line of the producer's. */
export interface Sent {
  line: number
  rejected?: string
}

/** What the producer has left at its end. */
export interface Produced {
  code: number | null
  sent: Sent[]
  stderr: string
}

const input = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('')
const sentOf = (text: string): Sent => parse<Sent>(text, 'src/producer.ts', said => typeof said.line === 'number')

/** Gives lines to src/producer.ts and waits for its end. */
export async function produce(parts: Parts, topic: string, lines: readonly string[], withinMs = WITHIN): Promise<Produced> {
  const options = { env: env(parts, topic), stdin: input(lines), withinMs }
  const { code, stdout, stderr } = await parts.learner.run('src/producer.ts', options)
  return { code, stderr, sent: stdout.split('\n').filter(Boolean).map(sentOf) }
}

/** Gives lines to src/producer.ts, which runs on; `ended` waits for its end. */
export async function startProducer(
  parts: Parts,
  topic: string,
  lines: readonly string[],
): Promise<{ program: Program; said(): number; ended(withinMs: number): Promise<Produced> }> {
  const options = { env: env(parts, topic), stdin: input(lines), ready: { kind: 'none' } } as const
  const program = await parts.learner.start('src/producer.ts', options)
  const of = (wanted: string) => program.logs.filter(({ stream }) => stream === wanted).map(({ text }) => text)
  return {
    program,
    said: () => of('stdout').length,
    async ended(withinMs) {
      await eventually('src/producer.ts ends', () => !program.running, { within: withinMs, every: 20 })
      const { code } = await program.exited
      return { code, stderr: of('stderr').join('\n'), sent: of('stdout').map(sentOf) }
    },
  }
}

/** One line of the consumer's. */
export interface Told {
  partition: number
  offset: number
  accepted?: Record<string, unknown>
  rejected?: string
}

export interface Consumer {
  /** The group that it was told to join. */
  group: string
  program: Program
  /** Everything that it has printed so far, also before it was killed and started again. */
  told(): Told[]
  /** Waits until it has told of so many different messages. */
  hasTold(what: string, count: number, within?: number): Promise<Told[]>
  restart(): Promise<void>
}

/** Starts src/consumer.ts. */
export async function startConsumer(parts: Parts, topic: string): Promise<Consumer> {
  const programs: Program[] = []
  const group = `${parts.kafka.topicPrefix}report`
  const options = { env: { ...env(parts, topic), GROUP: group }, ready: { kind: 'none' } } as const
  programs.push(await parts.learner.start('src/consumer.ts', options))
  const told = () =>
    programs
      .flatMap(({ logs }) => logs)
      .filter(({ stream }) => stream === 'stdout')
      .map(({ text }) =>
        parse<Told>(text, 'src/consumer.ts', said => typeof said.partition === 'number' && typeof said.offset === 'number'),
      )
  return {
    group,
    get program() {
      return programs.at(-1)!
    },
    told,
    async restart() {
      await programs.at(-1)!.kill()
      programs.push(await parts.learner.start('src/consumer.ts', options))
    },
    hasTold: (what, count, within = WITHIN) =>
      eventually(
        what,
        async () => {
          const program = programs.at(-1)!
          // Asked first: what it told before it ended is in its logs then.
          const ended = program.running ? undefined : await program.exited
          const all = told()
          const different = new Set(all.map(({ partition, offset }) => `${partition} ${offset}`)).size
          if (different >= count) return all
          if (ended)
            throw new LearnerFault({
              subject: 'src/consumer.ts',
              expected: 'it goes on',
              saw: `it ended (${ended.signal ?? `exit ${ended.code}`}) after ~${different} of ${count} messages`,
              details: lastWords(program),
            })
          return fail({ saw: `~${different} of ${count} after ~${Math.round(within / 1000)} s` })
        },
        { within, every: 50 },
      ),
  }
}

/** The first line of an error, from plain text or from a client's log in JSON. */
export function errorIn(stderr: string): string[] {
  const said = stderr.split('\n').flatMap(line => {
    if (!line.startsWith('{')) return /^\s*(Uncaught )?\w*Error\b/.test(line) ? [line.trim()] : []
    const { stack, error } = fieldsOf(line)
    return stack?.split('\n')[0] ?? error ?? []
  })
  return said.slice(0, 1).map(text =>
    text
      .split(', ')[0]!
      .replaceAll(/127\.0\.0\.1:\d+/g, 'the broker')
      .slice(0, 160),
  )
}

function fieldsOf(line: string): { stack?: string; error?: string } {
  try {
    return JSON.parse(line)
  } catch {
    return {}
  }
}

const lastWords = ({ logs }: Program): string[] =>
  errorIn(
    logs
      .filter(({ stream }) => stream === 'stderr')
      .map(({ text }) => text)
      .join('\n'),
  )

/** Lets the consumer go on for as long as it takes to say something that it should not. */
export async function goOn(consumer: Consumer, messages: number): Promise<void> {
  const until = performance.now() + messages
  while (performance.now() < until && consumer.program.running) await delay(50)
}

function parse<T>(text: string, program: string, fits: (said: T) => boolean): T {
  try {
    const said = JSON.parse(text) as T
    if (fits(said)) return said
  } catch {
    // Said below.
  }
  return fail({ subject: `a line that ${program} prints`, expected: 'JSON as in the contract', saw: text.slice(0, 200) })
}

/** A record by its place. */
export const place = ({ partition, offset }: { partition: number; offset: number }): string => `${partition} ${offset}`
