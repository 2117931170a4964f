import type { Kafka, Producer } from 'kafkajs'
import type { Config, Settings } from '../config/definition.ts'
import { type Converter, converterOf } from '../data/converters.ts'
import type { ConnectRecord, Data } from '../data/schema.ts'
import { applyAll, type Transform } from '../transforms.ts'

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

  /** Resolves when every replica has all of them. */
  async emit(records: readonly ConnectRecord[]): Promise<void> {
    const topics = new Map<string, { key: Buffer | null; value: Buffer | null; headers?: Record<string, string> }[]>()
    for (const given of records) {
      const record = applyAll(this.#transforms, given)
      if (!record) continue
      const messages = topics.get(record.topic) ?? []
      topics.set(record.topic, messages)
      const [key, value] = [await this.#bytes(this.#key, record.topic, record.key), await this.#bytes(this.#value, record.topic, record.value)] // biome-ignore format: one line
      messages.push({ key, value, ...(record.headers ? { headers: record.headers } : {}) })
    }
    if (topics.size === 0) return
    await this.#create([...topics.keys()].filter(topic => !this.#topics.has(topic)))
    await this.#producer.sendBatch({ acks: -1, topicMessages: [...topics].map(([topic, messages]) => ({ topic, messages })) })
  }

  #bytes = (converter: Converter, topic: string, data: Data | null) => (data ? converter.write(topic, data) : null)

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
