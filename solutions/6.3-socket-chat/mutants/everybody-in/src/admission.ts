/** Who comes in, and when. PROTOCOL.md, section 8. */
import type { Config } from './types.ts'

export interface Visitor {
  /** Its turn has come. */
  admit(): void
  /** There is no place to wait; it may try again after so many milliseconds. */
  refuse(retryInMs: number): void
}

/** Step 10: everybody comes in, all at once. */
export class Admission {
  protected readonly config: Config
  protected readonly open: () => number

  /** @param open connections that are admitted and not yet ended */
  constructor(config: Config, open: () => number) {
    this.config = config
    this.open = open
  }

  get waiting(): number {
    return 0
  }

  /** Somebody is at the door. Returns what to call when they go away. */
  enter(visitor: Visitor): () => void {
    visitor.admit()
    return () => {}
  }

  /** Nobody is admitted any more. */
  close(): void {}
}
