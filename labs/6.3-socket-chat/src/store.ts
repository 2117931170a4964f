/** Logs in Redis: of each room, and of each user's inbox. */
import type { Redis } from 'ioredis'
import { connect, type Link, watchLink } from './redis.ts'
import type { Config, Message, Stream } from './types.ts'

/** A message as it is in a log. */
export interface Entry {
  seq: number
  /** JSON of the message. */
  raw: string
}

/** Step 4: which keys, which commands; append.lua is one of them. A connection that subscribes can do nothing else: make a second one. */
export class Store {
  readonly redis: Redis
  private readonly link: Link
  private readonly config: Config
  private readonly changeListeners: ((up: boolean) => void)[] = []

  constructor(config: Config) {
    this.config = config
    this.redis = connect(config, 'commands')
    const changed = (up: boolean) => {
      for (const listener of this.changeListeners) listener(up)
    }
    this.link = watchLink(this.redis, { prepare: async () => {}, up: () => changed(true), down: () => changed(false) })
  }

  get up(): boolean {
    return this.link.up
  }

  /** Told when the store goes down or comes up. */
  onChange(listener: (up: boolean) => void): void {
    this.changeListeners.push(listener)
  }

  /** Put a message into a stream; a repeated (from, id) is answered with its first seq. */
  async append(_stream: Stream, _message: Message): Promise<Entry & { first: boolean }> {
    throw new Error('step 4: append is not built yet')
  }

  /** A key of this chat. */
  key(name: string): string {
    return this.config.keyPrefix + name
  }

  close(): void {
    this.link.close()
  }
}
