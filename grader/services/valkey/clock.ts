/**
 * The clock that a steered Valkey reads instead of the machine's. Wall time can be frozen and moved; monotonic time, by which the server
 * runs its periodic work, always goes on and can be pushed forward so that this work is due at once.
 */
export class SteeredClock {
  #frozenAt: bigint | null = null
  #pushed = 0n
  readonly #wall: () => bigint
  readonly #steady: () => bigint

  /** `wall`: microseconds since the epoch; `steady`: nanoseconds that never go back. */
  constructor(
    wall: () => bigint = () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)),
    steady: () => bigint = process.hrtime.bigint,
  ) {
    this.#wall = wall
    this.#steady = steady
  }

  get frozen(): boolean {
    return this.#frozenAt !== null
  }

  /** Microseconds since the epoch, as the server sees them. */
  now(): bigint {
    return this.#frozenAt ?? this.#wall()
  }

  freeze(at: bigint = this.now()): bigint {
    return (this.#frozenAt = at)
  }

  /** Moves a frozen clock by microseconds, back when negative. Throws when the clock is running. */
  advance(micros: bigint): bigint {
    if (this.#frozenAt === null) throw new Error('the clock is running: freeze it before moving it')
    return (this.#frozenAt += micros)
  }

  release(): void {
    this.#frozenAt = null
  }

  /** Nanoseconds that never go back. */
  monotonic(): bigint {
    return this.#steady() + this.#pushed
  }

  /** Makes periodic work that is due within `ms` milliseconds due now. */
  push(ms: number): void {
    this.#pushed += BigInt(ms) * 1_000_000n
  }
}
