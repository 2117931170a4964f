/** The one timer of a group: it gathers newcomers, limits how long a rebalance may take, or waits for assignments to be fetched. */
export class RebalanceClock {
  #timer: NodeJS.Timeout | null = null
  #gathering: { newcomers: boolean } | null = null
  #startedAt = 0

  /** True in the initial delay: no generation is completed then. */
  get gathering(): boolean {
    return this.#gathering !== null
  }

  /** Notes when a rebalance begins. */
  start(): void {
    this.#startedAt = Date.now()
  }

  /** Milliseconds since the rebalance began. */
  get elapsedMs(): number {
    return Date.now() - this.#startedAt
  }

  /** Calls `action` after `ms`, unless another call or {@link stop} comes first. */
  after(ms: number, action: () => void): void {
    this.stop()
    this.#timer = setTimeout(action, ms)
  }

  /** Somebody new came: a gathering under way is prolonged. */
  newcomer(): void {
    if (this.#gathering) this.#gathering.newcomers = true
  }

  /** A new group waits a little, so that members started together share one rebalance; longer while more keep coming. */
  gather(delayMs: number, leftMs: number, done: () => void): void {
    const round = { newcomers: false }
    this.#gathering = round
    const wait = Math.min(delayMs, leftMs)
    this.after(wait, () => {
      this.#gathering = null
      if (round.newcomers && leftMs > wait) this.gather(delayMs, leftMs - wait, done)
      else done()
    })
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }
}
