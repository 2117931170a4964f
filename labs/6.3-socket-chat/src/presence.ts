/** Who is online, on any node. PROTOCOL.md, section 6. */
import type { Store } from './store.ts'
import type { Config, Status } from './types.ts'

/** Step 7: say in Redis who is here, in a way that takes itself back when this node dies. */
export class Presence {
  protected readonly store: Store
  protected readonly config: Config

  constructor(store: Store, config: Config) {
    this.store = store
    this.config = config
  }

  /** A connection of the user has opened. */
  arrive(_user: string): void {}

  /** A connection of the user has ended. */
  depart(_user: string): void {}

  /** `unknown` when Redis does not say. */
  async status(_user: string): Promise<Status> {
    return 'unknown'
  }

  /** Nobody is here any more. */
  async close(): Promise<void> {}
}
