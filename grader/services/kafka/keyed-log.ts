/** State in a compacted Kafka topic, as the schema registry and Kafka Connect keep theirs: the last value of each key counts. */
import { randomBytes } from 'node:crypto'
import type { Admin, Kafka, Producer } from 'kafkajs'

/** Called for each record in the topic's order; null takes the key back. */
export type Apply = (key: string, value: string | null) => void

/** One compacted topic with one partition and one writing process. */
export class KeyedLog {
  readonly #kafka: Kafka
  readonly #topic: string
  readonly #apply: Apply
  readonly #admin: Admin
  readonly #producer: Producer
  #next = 0n
  #last: Promise<unknown> = Promise.resolve()

  private constructor(kafka: Kafka, topic: string, apply: Apply) {
    this.#kafka = kafka
    this.#topic = topic
    this.#apply = apply
    this.#admin = kafka.admin()
    this.#producer = kafka.producer({ allowAutoTopicCreation: false })
  }

  /** Makes the topic if it is not there and hands every record in it to `apply`. Rejects when the broker does not answer. */
  static async open(kafka: Kafka, topic: string, apply: Apply): Promise<KeyedLog> {
    const log = new KeyedLog(kafka, topic, apply)
    await Promise.all([log.#admin.connect(), log.#producer.connect()])
    const configEntries = [{ name: 'cleanup.policy', value: 'compact' }]
    if (!(await log.#admin.listTopics()).includes(topic))
      await log.#admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }] })
    await log.#catchUp()
    return log
  }

  /**
   * Writes and, once all replicas have it, applies. One at a time. When it rejects, the record may or may not be in the topic: the next
   * append reads on before it writes.
   */
  append(entries: readonly (readonly [key: string, value: string | null])[]): Promise<void> {
    const turn = this.#last.then(async () => {
      const messages = entries.map(([key, value]) => ({ key, value }))
      const [written] = await this.#producer.send({ topic: this.#topic, acks: -1, messages })
      // At another offset than expected: an earlier write was taken although its acknowledgement was lost.
      if (written?.baseOffset !== String(this.#next)) return this.#catchUp()
      for (const [key, value] of entries) this.#apply(key, value)
      this.#next += BigInt(entries.length)
    })
    this.#last = turn.catch(() => {})
    return turn
  }

  async close(): Promise<void> {
    await this.#last
    await Promise.all([this.#producer.disconnect(), this.#admin.disconnect()])
  }

  /** Reads from where it is to what was the end at the beginning of the call. */
  async #catchUp(): Promise<void> {
    const [partition] = await this.#admin.fetchTopicOffsets(this.#topic)
    const end = BigInt(partition?.high ?? 0)
    if (this.#next >= end) return
    const groupId = `${this.#topic}-reader-${randomBytes(6).toString('hex')}`
    const consumer = this.#kafka.consumer({ groupId, maxWaitTimeInMs: 50, allowAutoTopicCreation: false, retry: { retries: 3 } })
    const done = Promise.withResolvers<void>()
    try {
      await consumer.connect()
      await consumer.subscribe({ topic: this.#topic, fromBeginning: true })
      consumer.on('consumer.crash', ({ payload }) => done.reject(payload.error))
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          for (const { offset, key, value } of batch.messages) {
            if (BigInt(offset) < this.#next || BigInt(offset) >= end || key === null) continue
            this.#apply(key.toString(), value?.toString() ?? null)
          }
          const after = BigInt(batch.lastOffset()) + 1n
          if (after > this.#next) this.#next = after < end ? after : end
          if (this.#next >= end) done.resolve()
        },
      })
      consumer.seek({ topic: this.#topic, partition: 0, offset: String(this.#next) })
      await done.promise
    } finally {
      await consumer.disconnect()
      await this.#admin.deleteGroups([groupId]).catch(() => {})
    }
  }
}
