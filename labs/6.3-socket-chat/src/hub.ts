/** Who gets what, in which order. */
import type { Metrics } from './metrics.ts'
import type { Store } from './store.ts'
import type { Message, Outgoing, Stream } from './types.ts'

/** What the hub needs of a connection. */
export interface Receiver {
  /** Takes a frame of any length now; its bytes wait in this process when the peer does not read. */
  send(frame: Outgoing): void
}

/** Members of this node's rooms and inboxes. */
export class Hub {
  protected readonly store: Store
  protected readonly metrics: Metrics

  constructor(store: Store, metrics: Metrics) {
    this.store = store
    this.metrics = metrics
  }

  /**
   * Add a receiver to a room or an inbox.
   * @param after send what came after this seq first; absent: from now on
   * @param joined tells the client; before any message
   */
  async join(_stream: Stream, _receiver: Receiver, _after?: number, _joined?: (seq: number | null, gap: boolean) => void): Promise<void> {
    throw new Error('step 3: join is not built yet')
  }

  /** The receiver gets nothing more of the stream. */
  leave(_stream: Stream, _receiver: Receiver): void {}

  /** Store a message and give it to the members. */
  async send(_stream: Stream, _message: Message): Promise<{ seq: number | null; first: boolean }> {
    throw new Error('step 3: send is not built yet')
  }
}
