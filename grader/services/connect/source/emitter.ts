import type { Kafka, Producer } from 'kafkajs'
import type { Config, Settings } from '../config/definition.ts'
import { type Converter, converterOf } from '../data/converters.ts'
import { type ConnectRecord, FatalError } from '../data/schema.ts'
import { applyAll, type Transform } from '../transforms.ts'

/** Bytes produced together at most: a topic takes batches of 1 MiB by default. One larger message goes alone. */
const MOST_BYTES = 768 * 1024
const MESSAGE_OVERHEAD = 64

type Part = Map<string, { key: Buffer | null; value: Buffer | null; headers?: Record<string, string> }[]>

/** Turns records into messages and produces them in order. */
export class Emitter {
  readonly #producer: Producer
  readonly #kafka: Kafka
  readonly #settings: Settings
  readonly #key: Converter
  readonly #value: Converter
  readonly #transforms: Transform[]
  readonly #topics = new Set<string>()

  constructor(kafka: Kafka, config: Config, settings: Settings, transforms: Transform[]) {
    this.#kafka = kafka
    this.#settings = settings
    this.#key = converterOf(config, 'key')
    this.#value = converterOf(config, 'value')
    this.#transforms = transforms
    // One batch at a time, so that a batch that is sent again cannot overtake the next.
    this.#producer = kafka.producer({ maxInFlightRequests: 1, allowAutoTopicCreation: false })
  }

  connect(): Promise<void> {
    return this.#producer.connect()
  }

  close(): Promise<void> {
    return this.#producer.disconnect()
  }

  /** Resolves when every replica has all of them. @throws FatalError for one that is larger than a topic takes */
  async emit(records: readonly ConnectRecord[]): Promise<void> {
    let part: Part = new Map()
    let size = 0
    for (const given of records) {
      const record = applyAll(this.#transforms, given)
      if (!record) continue
      const key = record.key && (await this.#key.write(record.topic, record.key))
      const value = record.value && (await this.#value.write(record.topic, record.value))
      const bytes = (key?.length ?? 0) + (value?.length ?? 0) + MESSAGE_OVERHEAD
      if (size > 0 && size + bytes > MOST_BYTES) {
        await this.#send(part)
        part = new Map()
        size = 0
      }
      size += bytes
      const messages = part.get(record.topic) ?? []
      part.set(record.topic, messages)
      messages.push({ key, value, ...(record.headers ? { headers: record.headers } : {}) })
    }
    await this.#send(part)
  }

  async #send(part: Part): Promise<void> {
    if (part.size === 0) return
    await this.#create([...part.keys()].filter(topic => !this.#topics.has(topic)))
    try {
      await this.#producer.sendBatch({ acks: -1, topicMessages: [...part].map(([topic, messages]) => ({ topic, messages })) })
    } catch (error) {
      if ((error as { type?: string }).type !== 'MESSAGE_TOO_LARGE') throw error
      throw new FatalError(`an event for ${[...part.keys()].join(', ')} is larger than the topic’s max.message.bytes`)
    }
  }

  async #create(topics: string[]): Promise<void> {
    if (topics.length === 0) return
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      const there = await admin.listTopics()
      const numPartitions = this.#settings.number('topic.creation.default.partitions')
      const replicationFactor = this.#settings.number('topic.creation.default.replication.factor')
      const missing = topics.filter(topic => !there.includes(topic)).map(topic => ({ topic, numPartitions, replicationFactor }))
      if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: true })
      for (const topic of topics) this.#topics.add(topic)
    } finally {
      await admin.disconnect()
    }
  }
}
