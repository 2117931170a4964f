/** The way to Kafka, and the one budget that everything which comes in draws on. */
import { setTimeout as wait } from 'node:timers/promises'
import { Kafka, logLevel, type Message, Partitioners, type Producer } from 'kafkajs'
import type { Config } from './config.ts'
import type { Parsed } from './parse.ts'
import type { Encode } from './registry.ts'
import type { Origin, Reject } from './types.ts'

/** A row on its way: what became of it, where it came from, and how it looked. */
export interface Row extends Origin {
  parsed: Parsed
  raw: string
}

/** Publishes rows; `take` and `give` keep what is not yet acknowledged within MAX_PENDING. */
export class Publisher {
  readonly #config: Config
  readonly #producer: Producer
  readonly #waiting: { count: number; go: () => void }[] = []
  #encode: Encode | undefined
  #free: number

  constructor(config: Config) {
    this.#config = config
    this.#free = config.maxPending
    const kafka = new Kafka({
      clientId: 'ingress',
      brokers: config.brokers,
      logLevel: logLevel.NOTHING,
      // A broker that is away comes back; until then the rows wait here, and whoever sends more is told to wait.
      retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 1_000_000 },
    })
    // Idempotent: what is sent again after a lost acknowledgement is neither doubled nor out of order.
    this.#producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner })
  }

  /** Waits for the broker. */
  async open(encode: Encode): Promise<void> {
    await this.#producer.connect()
    this.#encode = encode
  }

  get ready(): boolean {
    return this.#encode !== undefined
  }

  /** True when `count` rows more fit now; they are taken then. Nobody who waits is overtaken. */
  tryTake(count: number): boolean {
    if (this.#waiting.length > 0 || this.#free < count) return false
    this.#free -= count
    return true
  }

  /** Waits until `count` rows fit. First come, first served. */
  async take(count: number): Promise<void> {
    if (this.tryTake(count)) return
    await new Promise<void>(go => this.#waiting.push({ count, go }))
  }

  give(count: number): void {
    this.#free += count
    for (let first = this.#waiting[0]; first && first.count <= this.#free; first = this.#waiting[0]) {
      this.#waiting.shift()
      this.#free -= first.count
      first.go()
    }
  }

  get pending(): number {
    return this.#config.maxPending - this.#free
  }

  /** Resolves when Kafka has acknowledged every row, good ones on their topic and bad ones on theirs. */
  async publish(rows: readonly Row[]): Promise<void> {
    const good: Message[] = []
    const bad: Message[] = []
    for (const { parsed, source, line, raw } of rows) {
      const headers = { origin: `${source}:${line}` }
      if ('reading' in parsed) good.push({ key: parsed.reading.vehicle_id, value: this.#encode!(parsed.reading), headers })
      else bad.push({ key: source, value: JSON.stringify({ ...parsed, source, line, raw } satisfies Reject), headers })
    }
    const { topic, rejectTopic } = this.#config
    const topicMessages = [
      { topic, messages: good },
      { topic: rejectTopic, messages: bad },
    ].filter(({ messages }) => messages.length > 0)
    for (;;) {
      try {
        await this.#producer.sendBatch({ acks: -1, topicMessages })
        return
      } catch (error) {
        console.error(`not published, trying again: ${error}`)
        await wait(500)
      }
    }
  }

  async close(): Promise<void> {
    await this.#producer.disconnect()
  }
}
