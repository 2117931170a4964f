/** Who is online, on any node. PROTOCOL.md, section 6. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Store } from './store.ts'
import type { Config, Status } from './types.ts'

const SET = readFileSync(new URL('./presence-set.lua', import.meta.url), 'utf8')
const GET = readFileSync(new URL('./presence-get.lua', import.meta.url), 'utf8')

/** Says in Redis who is here, again and again: what is not repeated expires, so a dead node needs nobody to clean up after it. */
export class Presence {
  private readonly store: Store
  private readonly ttl: number
  /** A node that starts again is another one: its earlier word expires by itself. */
  private readonly me: string
  /** Connections of each user on this node. */
  private readonly here = new Map<string, number>()
  private readonly timer: NodeJS.Timeout

  constructor(store: Store, config: Config) {
    this.store = store
    this.ttl = config.presenceTtlMs
    this.me = `${config.node}-${randomUUID()}`
    this.timer = setInterval(() => this.repeat(), this.ttl / 3)
    store.onChange(up => up && this.repeat())
  }

  /** A connection of the user has opened. */
  arrive(user: string): void {
    const count = (this.here.get(user) ?? 0) + 1
    this.here.set(user, count)
    if (count === 1) this.say(user)
  }

  /** A connection of the user has ended. */
  depart(user: string): void {
    this.here.delete(user)
    if (this.store.up) this.store.redis.zrem(this.key(user), this.me).catch(() => {}) // or the TTL does it
  }

  /** `unknown` when Redis does not say. */
  async status(user: string): Promise<Status> {
    if (!this.store.up) return 'unknown'
    try {
      return (await this.store.redis.eval(GET, 1, this.key(user))) === 0 ? 'offline' : 'online'
    } catch {
      return 'unknown'
    }
  }

  /** Nobody is here any more. Resolves when Redis knows, or cannot be told. */
  async close(): Promise<void> {
    clearInterval(this.timer)
    const users = [...this.here.keys()]
    this.here.clear()
    if (this.store.up) await Promise.allSettled(users.map(user => this.store.redis.zrem(this.key(user), this.me)))
  }

  private key(user: string): string {
    return this.store.key(`presence:${user}`)
  }

  private repeat(): void {
    for (const user of this.here.keys()) this.say(user)
  }

  private say(user: string): void {
    if (this.store.up) this.store.redis.eval(SET, 1, this.key(user), this.me, this.ttl).catch(() => {}) // the next repetition says it
  }
}
