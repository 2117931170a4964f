/** Kafka for a program that works in batches: what waits, the messages of some ranges, and sending. Given: not yours to change. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Admin, type Consumer, Kafka, logLevel, type Message as Outgoing, type Producer } from 'kafkajs'
import type { Message, Ranges } from './types.ts'

/** Offsets of one partition: the oldest message that is kept, and the one that comes next. */
export interface Ends {
  low: number
  high: number
}

/** A broker that is away longer is given up. */
const OUTAGE_MS = 90_000
const RETRY = { initialRetryTime: 50, maxRetryTime: 500, retries: 12 }

interface Wanted {
  next: number
  to: number
}

/**
 * A client whose positions are its caller's: nothing is ever committed to the broker, as in Spark, and each start has a group of its own.
 * @example const kafka = await BatchKafka.connect('127.0.0.1:9092', 'readings', 'windows-job')
 */
export class BatchKafka {
  readonly #topic: string
  readonly #admin: Admin
  readonly #consumer: Consumer
  readonly #producer: Producer
  #wanted = new Map<number, Wanted>()
  #read: Message[] = []
  #done: { resolve: () => void; reject: (error: Error) => void } | undefined
  #failed: Error | undefined

  private constructor(brokers: string, topic: string, groupId: string) {
    const kafka = new Kafka({
      clientId: groupId,
      brokers: brokers.split(','),
      logLevel: logLevel.NOTHING,
      connectionTimeout: 3_000,
      retry: RETRY,
    })
    this.#topic = topic
    this.#admin = kafka.admin()
    this.#consumer = kafka.consumer({
      groupId: `${groupId}-${randomUUID()}`,
      maxWaitTimeInMs: 25,
      allowAutoTopicCreation: false,
      retry: { ...RETRY, retries: 200 },
    })
    this.#producer = kafka.producer({ allowAutoTopicCreation: false, retry: RETRY })
  }

  /** Connects and is ready to read `topic`. Rejects where no broker answers or the topic is not there. */
  static async connect(brokers: string, topic: string, groupId: string): Promise<BatchKafka> {
    const kafka = new BatchKafka(brokers, topic, groupId)
    await kafka.#start()
    return kafka
  }

  async #start(): Promise<void> {
    const { GROUP_JOIN, CRASH } = this.#consumer.events
    await Promise.all([this.#admin.connect(), this.#consumer.connect(), this.#producer.connect()])
    // A group that is joined anew begins at the oldest message: back to where we were.
    this.#consumer.on(GROUP_JOIN, () => this.#seek())
    this.#consumer.on(CRASH, ({ payload }) => {
      if (payload.restart) return
      this.#failed = payload.error
      this.#done?.reject(payload.error)
    })
    await this.#consumer.subscribe({ topic: this.#topic, fromBeginning: true })
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, pause }) => {
        const wanted = this.#wanted.get(batch.partition)
        if (!wanted || wanted.next >= wanted.to) return void pause()
        for (const { offset: text, key, value } of batch.messages) {
          const offset = Number(text)
          if (offset >= wanted.to) break
          if (offset >= wanted.next) this.#read.push({ partition: batch.partition, offset, key, value })
          resolveOffset(text)
        }
        wanted.next = Math.max(wanted.next, Math.min(wanted.to, Number(batch.lastOffset()) + 1))
        if (wanted.next >= wanted.to) pause()
        if ([...this.#wanted.values()].every(({ next, to }) => next >= to)) this.#done?.resolve()
      },
    })
  }

  #seek(): void {
    for (const [partition, { next, to }] of this.#wanted) {
      if (next >= to) continue
      this.#consumer.seek({ topic: this.#topic, partition, offset: String(next) })
      this.#consumer.resume([{ topic: this.#topic, partitions: [partition] }])
    }
  }

  /** What each partition of the topic holds now. */
  async ends(): Promise<Map<number, Ends>> {
    const offsets = await this.#offsets()
    return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]))
  }

  /** The admin client gives up where a connection breaks; a broker that starts anew is waited for here. */
  async #offsets(): Promise<Awaited<ReturnType<Admin['fetchTopicOffsets']>>> {
    const deadline = performance.now() + OUTAGE_MS
    for (;;) {
      try {
        return await this.#admin.fetchTopicOffsets(this.#topic)
      } catch (error) {
        if (performance.now() > deadline) throw error
        await delay(RETRY.maxRetryTime)
      }
    }
  }

  /** The messages of the ranges, each partition's in order. The same ranges give the same messages as long as Kafka keeps them. */
  async read(ranges: Ranges): Promise<Message[]> {
    if (this.#failed) throw this.#failed
    this.#read = []
    this.#wanted = new Map(Object.entries(ranges).map(([partition, { from, to }]) => [Number(partition), { next: from, to }]))
    if ([...this.#wanted.values()].every(({ next, to }) => next >= to)) return []
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#done = { resolve, reject }
    this.#seek()
    await promise
    this.#done = undefined
    return this.#read.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
  }

  /** Sends to topics that are there, and resolves when all replicas that must have it do. */
  async send(topics: Record<string, Outgoing[]>): Promise<void> {
    const topicMessages = Object.entries(topics).flatMap(([topic, messages]) => (messages.length > 0 ? [{ topic, messages }] : []))
    if (topicMessages.length > 0) await this.#producer.sendBatch({ acks: -1, topicMessages })
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#consumer.disconnect(), this.#producer.disconnect(), this.#admin.disconnect()])
  }
}
