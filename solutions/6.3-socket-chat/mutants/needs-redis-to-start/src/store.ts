/** Logs in Redis: one stream a room and an inbox a user, and a doorbell (pub/sub) that says that one has grown. */
import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { connect, type Link, watchLink } from './redis.ts'
import type { Config, Message, Stream } from './types.ts'

const APPEND = readFileSync(new URL('./append.lua', import.meta.url), 'utf8')
/** Milliseconds that an id is remembered: PROTOCOL.md, section 4. */
const REMEMBER = 10 * 60_000
/** Milliseconds after which a log that nobody writes to is forgotten. */
const FORGET = 7 * 24 * 3_600_000

/** A message as it is in a log: `raw` is its JSON without the seq. */
export interface Entry {
  seq: number
  raw: string
}

/** Name of a stream: its keys share this hash tag, so that a cluster keeps them together. */
export const nameOf = (stream: Stream): string => ('room' in stream ? `{room:${stream.room}}` : `{user:${stream.to}}`)

/** Every method rejects while Redis does not answer within STORE_TIMEOUT_MS. */
export class Store {
  readonly redis: Redis
  private readonly subscriber: Redis
  private readonly links: Link[]
  private readonly config: Config
  private readonly heard = new Map<string, (entry: Entry) => void>()
  private readonly changeListeners: ((up: boolean) => void)[] = []
  private readonly resyncListeners: (() => void)[] = []
  private sha = ''

  constructor(config: Config) {
    this.config = config
    this.redis = connect(config, 'commands')
    this.subscriber = connect(config, 'subscriber')
    this.redis.on('error', error => {
      if (this.sha !== '') return
      console.error('no Redis:', error.message)
      process.exit(1)
    })
    this.subscriber.on('message', (channel: string, message: string) => {
      const space = message.indexOf(' ')
      this.heard.get(channel)?.({ seq: Number(message.slice(0, space)), raw: message.slice(space + 1) })
    })
    const changed = (up: boolean) => {
      for (const listener of this.changeListeners) listener(up)
    }
    const resync = () => {
      for (const listener of this.resyncListeners) listener()
    }
    this.links = [
      watchLink(this.redis, {
        prepare: async () => void (this.sha = (await this.redis.script('LOAD', APPEND)) as string),
        up: () => {
          changed(true)
          resync()
        },
        down: () => changed(false),
      }),
      watchLink(this.subscriber, {
        // What was published while nobody listened is in the logs: subscribe first, then look.
        prepare: async () => void (this.heard.size > 0 && (await this.subscriber.subscribe(...this.heard.keys()))),
        up: resync,
        down: () => {},
      }),
    ]
  }

  get up(): boolean {
    return this.links[0]!.up
  }

  /** Told when the store goes down or comes up. */
  onChange(listener: (up: boolean) => void): void {
    this.changeListeners.push(listener)
  }

  /** Told when publications may have been missed. */
  onResync(listener: () => void): void {
    this.resyncListeners.push(listener)
  }

  /** Put a message into a stream; a repeated (from, id) is answered with its first seq. */
  async append(stream: Stream, message: Message): Promise<Entry & { first: boolean }> {
    if (!this.up) throw new Error('the store is down')
    const name = this.key(nameOf(stream))
    const raw = JSON.stringify(message)
    const keys = [`${name}:log`, `${name}:sent:${message.from}:${message.id}`]
    const reply = await this.redis.evalsha(this.sha, 2, ...keys, raw, this.config.history, REMEMBER, FORGET, name)
    const [seq, first] = reply as [number, number]
    return { seq, raw, first: first === 1 }
  }

  /** Messages after a seq, oldest first, at most `count`. */
  async read(stream: Stream, after: number, count: number): Promise<Entry[]> {
    return entries(await this.redis.xrange(`${this.key(nameOf(stream))}:log`, `${after + 1}-0`, '+', 'COUNT', count))
  }

  /** Seq of the oldest kept and of the newest message; zeros for an empty log. */
  async bounds(stream: Stream): Promise<{ oldest: number; newest: number }> {
    const log = `${this.key(nameOf(stream))}:log`
    const [first, last] = await Promise.all([this.redis.xrange(log, '-', '+', 'COUNT', 1), this.redis.xrevrange(log, '+', '-', 'COUNT', 1)])
    return { oldest: entries(first)[0]?.seq ?? 0, newest: entries(last)[0]?.seq ?? 0 }
  }

  /** Drop the messages of a stream up to and including a seq. */
  async trim(stream: Stream, upTo: number): Promise<void> {
    await this.redis.xtrim(`${this.key(nameOf(stream))}:log`, 'MINID', `${upTo + 1}-0`)
  }

  /** Hear of new messages of a stream, from all nodes, this one included. */
  async subscribe(stream: Stream, listener: (entry: Entry) => void): Promise<void> {
    const channel = this.key(nameOf(stream))
    this.heard.set(channel, listener)
    await this.subscriber.subscribe(channel)
  }

  /** Hear no more. */
  unsubscribe(stream: Stream): void {
    const channel = this.key(nameOf(stream))
    this.heard.delete(channel)
    this.subscriber.unsubscribe(channel).catch(() => {})
  }

  close(): void {
    for (const link of this.links) link.close()
  }

  /** A key of this course run. */
  key(name: string): string {
    return this.config.keyPrefix + name
  }
}

const entries = (reply: [string, string[]][]): Entry[] => reply.map(([id, fields]) => ({ seq: Number(id.split('-')[0]), raw: fields[1]! }))
