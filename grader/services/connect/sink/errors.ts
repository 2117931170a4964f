/** What becomes of a message that cannot be processed: `errors.tolerance` and the dead letter queue. */
import type { Kafka, KafkaMessage, Producer } from 'kafkajs'
import type { Settings } from '../config/definition.ts'
import { FatalError } from '../data/schema.ts'

/** Where in the pipeline it happened, in Connect's words. */
export type Stage = 'KEY_CONVERTER' | 'VALUE_CONVERTER' | 'TRANSFORMATION' | 'TASK_PUT'

export interface Consumed {
  topic: string
  partition: number
  message: KafkaMessage
}

/** What happens to a record that a sink cannot take: `errors.tolerance`, logging and the dead letter queue, by Connect's names. */
export class ErrorPolicy {
  readonly #settings: Settings
  readonly #name: string
  readonly #kafka: Kafka
  readonly #log: (line: string) => void
  readonly #topic: string
  #producer: Producer | null = null

  constructor(kafka: Kafka, name: string, settings: Settings, log: (line: string) => void) {
    this.#kafka = kafka
    this.#name = name
    this.#settings = settings
    this.#log = log
    this.#topic = settings.text('errors.deadletterqueue.topic.name')
  }

  get tolerant(): boolean {
    return this.#settings.text('errors.tolerance') === 'all'
  }

  /** Passes over the message, keeping it in the dead letter queue if there is one. @throws FatalError when errors are not tolerated */
  async handle({ topic, partition, message }: Consumed, stage: Stage, error: Error): Promise<void> {
    const where = `topic '${topic}', partition ${partition}, offset ${message.offset}`
    if (this.#settings.flag('errors.log.enable') || !this.tolerant) this.#log(`${this.#name}: ${stage} of ${where}: ${error.message}`)
    if (!this.tolerant)
      throw new FatalError(`Tolerance exceeded in error handler (errors.tolerance=none): ${stage} of ${where}: ${error.message}`)
    if (!this.#topic) return
    const context: Record<string, string> = {
      topic: topic,
      partition: String(partition),
      offset: message.offset,
      'connector.name': this.#name,
      'task.id': '0',
      stage: stage,
      'exception.class.name': `org.apache.kafka.connect.errors.${error.constructor.name === 'DataError' ? 'DataException' : 'ConnectException'}`,
      'exception.message': error.message,
    }
    const added = this.#settings.flag('errors.deadletterqueue.context.headers.enable') ? Object.entries(context) : []
    const headers = { ...message.headers, ...Object.fromEntries(added.map(([name, value]) => [`__connect.errors.${name}`, value])) }
    const { key, value, timestamp } = message
    await (await this.#connected()).send({ topic: this.#topic, acks: -1, messages: [{ key, value, timestamp, headers }] })
  }

  async close(): Promise<void> {
    await this.#producer?.disconnect()
  }

  async #connected(): Promise<Producer> {
    if (this.#producer) return this.#producer
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      const replicationFactor = this.#settings.number('errors.deadletterqueue.topic.replication.factor')
      if (!(await admin.listTopics()).includes(this.#topic))
        await admin.createTopics({ topics: [{ topic: this.#topic, numPartitions: 1, replicationFactor }], waitForLeaders: true })
    } finally {
      await admin.disconnect()
    }
    const producer = this.#kafka.producer({ maxInFlightRequests: 1 })
    await producer.connect()
    this.#producer = producer
    return producer
  }
}
