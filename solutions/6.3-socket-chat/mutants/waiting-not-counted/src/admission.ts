/** Who comes in, and when. PROTOCOL.md, section 8. */
import type { Config } from './types.ts'

export interface Visitor {
  /** Its turn has come. */
  admit(): void
  /** There is no place to wait; it may try again after so many milliseconds. */
  refuse(retryInMs: number): void
}

/** Milliseconds between two looks at the queue. */
const EVERY = 10

/** A token bucket in front, and a bounded queue before it: what cannot be served soon is refused at once, cheaply. */
export class Admission {
  private readonly config: Config
  private readonly open: () => number
  private readonly queue = new Set<Visitor>()
  private tokens: number
  private at = performance.now()
  private timer: NodeJS.Timeout | undefined
  private closed = false

  /** @param open connections that are admitted and not yet ended */
  constructor(config: Config, open: () => number) {
    this.config = config
    this.open = open
    this.tokens = config.admitBurst
  }

  get waiting(): number {
    return this.queue.size
  }

  /** Somebody is at the door. Returns what to call when they go away. */
  enter(visitor: Visitor): () => void {
    this.refill()
    const { acceptQueue, maxConnections } = this.config
    if (this.closed || this.open() >= maxConnections) visitor.refuse(this.later())
    else if (this.queue.size === 0 && this.tokens >= 1) {
      this.tokens--
      visitor.admit()
    } else if (this.queue.size >= acceptQueue) visitor.refuse(this.later())
    else {
      this.queue.add(visitor)
      this.timer ??= setInterval(() => this.serve(), EVERY)
    }
    return () => void this.queue.delete(visitor)
  }

  /** Nobody is admitted any more. */
  close(): void {
    this.closed = true
    clearInterval(this.timer)
    for (const visitor of this.queue) visitor.refuse(this.later())
    this.queue.clear()
  }

  private refill(): void {
    const now = performance.now()
    const { admitBurst, admitPerSecond } = this.config
    this.tokens = Math.min(admitBurst, this.tokens + ((now - this.at) * admitPerSecond) / 1000)
    this.at = now
  }

  private serve(): void {
    this.refill()
    for (const visitor of this.queue) {
      if (this.tokens < 1) return
      this.tokens--
      this.queue.delete(visitor)
      visitor.admit()
    }
    clearInterval(this.timer)
    this.timer = undefined
  }

  /** Random between once and three times what a full queue takes: the refused must not come back together. */
  private later(): number {
    const full = Math.max(100, (1000 * this.config.acceptQueue) / this.config.admitPerSecond)
    return Math.ceil(full * (1 + 2 * Math.random()))
  }
}
