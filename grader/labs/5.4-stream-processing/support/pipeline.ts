/** One pipeline of a KPI: its topics, what is sent, the processor, and what comes out. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Producer } from 'kafkajs'
import { frame } from '../../../experiments/framed.ts'
import { makeTopics, readTopic, type TopicRecord } from '../../../experiments/topic.ts'
import { eventually, fail, LearnerFault } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Program } from '../../../learner/types.ts'
import type { Windows } from './reference.ts'
import { envelope, envelopeSchema, envelopeType, type ReadingRow } from './rows.ts'

type Parts = Pick<KpiFixtures, 'learner' | 'kafka' | 'registry' | 'scratch' | 'cleanup'>

export interface PipelineOptions {
  format?: 'json' | 'avro'
  partitions?: number
  windowSeconds?: number
  latenessSeconds?: number
  maxRecords?: number
  /** Topics that are not made yet. */
  without?: 'windows'[]
}

/** A raw message, for what no row can be. */
export interface Raw {
  partition: number
  value: Buffer | null
}

/** A pipeline: `open` makes its topics; whatever waits does so by looking at them. */
export class Pipeline {
  readonly options: Required<Omit<PipelineOptions, 'without'>>
  readonly topics: { readings: string; windows: string; rejects: string }
  readonly checkpointDir: string
  readonly #parts: Parts
  readonly #producer: Producer
  #encode: (value: unknown) => Buffer

  private constructor(parts: Parts, options: PipelineOptions, producer: Producer) {
    this.options = { format: 'json', partitions: 1, windowSeconds: 10, latenessSeconds: 30, maxRecords: 500, ...options }
    this.#parts = parts
    this.#producer = producer
    const name = (what: string) => `${parts.kafka.topicPrefix}${what}`
    this.topics = { readings: name('readings'), windows: name('windows'), rejects: name('rejects') }
    this.checkpointDir = join(parts.scratch, 'checkpoint')
    this.#encode = value => Buffer.from(JSON.stringify(value))
  }

  /** Makes the topics and an empty folder for checkpoints, and registers the schema where events are Avro. */
  static async open(parts: Parts, options: PipelineOptions = {}): Promise<Pipeline> {
    const producer = parts.kafka.client.producer({ allowAutoTopicCreation: false })
    await producer.connect()
    parts.cleanup(() => producer.disconnect())
    const pipeline = new Pipeline(parts, options, producer)
    mkdirSync(pipeline.checkpointDir, { recursive: true })
    const { readings, windows, rejects } = pipeline.topics
    await makeTopics(parts.kafka, { [readings]: pipeline.options.partitions, [rejects]: 1 })
    if (!options.without?.includes('windows')) await pipeline.makeWindowsTopic(windows)
    if (pipeline.options.format === 'avro') await pipeline.useSchema()
    return pipeline
  }

  async makeWindowsTopic(topic = this.topics.windows): Promise<void> {
    await makeTopics(this.#parts.kafka, { [topic]: 1 })
  }

  /** Registers the schema of the values, with a column more where one is named, and writes with it from now on. Gives its id. */
  async useSchema(extra?: string): Promise<number> {
    const schema = envelopeSchema(extra)
    const path = `/subjects/${this.topics.readings}-value/versions`
    const { status, body } = await this.#parts.registry.ask<{ id: number }>(path, 'POST', { schema: JSON.stringify(schema) })
    if (status !== 200) throw new Error(`the registry refused the schema: ${status} ${JSON.stringify(body)}`)
    const type = envelopeType(schema)
    this.#encode = value => frame(body.id, type.toBuffer(value))
    return body.id
  }

  /** The bytes of an event. */
  bytes(after: ReadingRow | null, op?: string, before?: ReadingRow | null): Buffer {
    return this.#encode(envelope(after, op, before))
  }

  /** The partition of a vehicle. */
  partitionOf = (row: ReadingRow): number => Number(/\d$/.exec(String(row['vehicle_id']))?.[0] ?? 0) % this.options.partitions

  /** Sends rows as insertions, and raw messages as they are, in this order. */
  async send(messages: readonly (ReadingRow | Raw)[]): Promise<void> {
    const isRaw = (message: ReadingRow | Raw): message is Raw => 'partition' in message
    const all = messages.map(message =>
      isRaw(message)
        ? { ...message, key: null }
        : { key: JSON.stringify({ vehicle_id: message['vehicle_id'] }), partition: this.partitionOf(message), value: this.bytes(message) },
    )
    for (let i = 0; i < all.length; i += 500)
      await this.#producer.send({ topic: this.topics.readings, acks: -1, messages: all.slice(i, i + 500) })
  }

  /** The environment of the processor. */
  env(): Record<string, string> {
    const { format, windowSeconds, latenessSeconds, maxRecords } = this.options
    return {
      KAFKA_BROKERS: this.#parts.kafka.brokers,
      READINGS_TOPIC: this.topics.readings,
      WINDOWS_TOPIC: this.topics.windows,
      REJECTS_TOPIC: this.topics.rejects,
      REGISTRY_URL: this.#parts.registry.url,
      GROUP_ID: `${this.#parts.kafka.topicPrefix}processor`,
      CHECKPOINT_DIR: this.checkpointDir,
      FORMAT: format,
      WINDOW_SECONDS: String(windowSeconds),
      LATENESS_SECONDS: String(latenessSeconds),
      MAX_RECORDS: String(maxRecords),
    }
  }

  /** Starts src/processor.ts; its checkpoint is what the last one left. */
  start(): Promise<Program> {
    const limits = { cpuSeconds: 120 }
    return this.#parts.learner.start('src/processor.ts', { ready: { kind: 'none' }, write: [this.checkpointDir], env: this.env(), limits })
  }

  rejects(): Promise<TopicRecord[]> {
    return readTopic(this.#parts.kafka, this.topics.rejects)
  }

  /** What the topic of windows holds: records, the values by key, and the first key that has two. Fails where a record is no window. */
  async windows(): Promise<{ records: TopicRecord[]; byKey: Windows; twice?: string }> {
    const records = await readTopic(this.#parts.kafka, this.topics.windows)
    const byKey: Windows = new Map()
    let twice: string | undefined
    for (const { key, value } of records) {
      const window = parsed(value)
      if (key === null || key !== `${window['vehicle_id']}/${window['window_start']}`)
        fail({ subject: 'key of a message on the topic of windows', expected: '<vehicle_id>/<window_start>', saw: String(key) })
      const before = byKey.get(key)
      if (before && JSON.stringify(sorted(before)) !== JSON.stringify(sorted(window)))
        twice ??= `${key}: ${shown(before)}, then ${shown(window)}`
      byKey.set(key, window)
    }
    return { records, byKey, ...(twice === undefined ? {} : { twice }) }
  }

  /** Waits until the windows are exactly those expected; the failure shows the first that is missing, too many or different. */
  async expectWindows(wanted: Windows, program: () => Pick<Program, 'running'>, within = 20_000): Promise<void> {
    await eventually('the windows on the topic', async () => {
      const { byKey, twice } = await this.windows()
      if (twice !== undefined) return true
      const ended = !program().running
      const missing = [...wanted.keys()].find(key => !byKey.has(key))
      if (missing !== undefined) {
        const there = [...wanted.keys()].filter(key => byKey.has(key)).length
        const others = byKey.size > there ? `, and ${byKey.size - there} that are not due` : ''
        const saw = `${there} of ${wanted.size}${others}; ${missing} is missing`
        if (ended) throw new LearnerFault({ subject: 'the windows on the topic', expected: `all ${wanted.size} that are due`, saw: `src/processor.ts ended before they were written` }) // biome-ignore format: one line
        fail({ expected: `all ${wanted.size} that are due`, saw })
      }
      return true
    }, { within, every: 100 }) // biome-ignore format: one line
    const { byKey, twice } = await this.windows()
    if (twice !== undefined)
      fail({ subject: 'a window on the topic', expected: 'one value, however often it is written', saw: `two of ${twice}` })
    for (const [key, window] of byKey) {
      const due = wanted.get(key)
      if (!due) fail({ subject: `window ${key}`, expected: 'none: no reading is in it, or it was not over', saw: shown(window) })
      for (const [field, value] of Object.entries(due))
        if (window[field] !== value) fail({ subject: `window ${key}, ${field}`, expected: JSON.stringify(value), saw: JSON.stringify(window[field]) ?? 'nothing' }) // biome-ignore format: one line
    }
  }
}

const sorted = (window: object): [string, unknown][] => Object.entries(window).sort(([a], [b]) => (a < b ? -1 : 1))
const shown = (window: Record<string, unknown>): string => `${window['readings']} readings, front ${window['front_min_c']} … ${window['front_max_c']}, mean ${window['front_mean_c']}` // biome-ignore format: one line

function parsed(value: Buffer | null): Record<string, unknown> {
  try {
    const window: unknown = JSON.parse(String(value))
    if (typeof window === 'object' && window !== null) return window as Record<string, unknown>
  } catch {
    // said below
  }
  return fail({ subject: 'a message on the topic of windows', expected: 'a JSON object', saw: String(value).slice(0, 100) })
}
