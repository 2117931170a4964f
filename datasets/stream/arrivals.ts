import type { CorruptReason } from '../truth-schema.ts'
import type { Reading } from './truck.ts'

/** One row of the readings: a reading as the gateway received it. */
export interface Row {
  /** 1 for the first row; given when the row is emitted. */
  row: number
  readonly reading: Reading
  /** Milliseconds since 1970. */
  readonly ingestMs: number
  readonly corrupt: CorruptReason | null
  /** Decides how a corrupt row looks; 0 … 2^32 − 1. */
  readonly damage: number
  /** The row that this one repeats. */
  readonly copyOf: Row | null
}

/**
 * Rows on their way, in buckets of one second of arrival: a calendar queue (R. Brown, CACM 31(10), 1988).
 * Holds what trucks keep in tunnels and copies not yet sent, so its size is bounded by the fleet and not by the data set.
 */
export class Arrivals {
  readonly #buckets = new Map<number, Row[]>()

  add(row: Row): void {
    const second = Math.floor(row.ingestMs / 1000)
    const bucket = this.#buckets.get(second)
    if (bucket === undefined) this.#buckets.set(second, [row])
    else bucket.push(row)
  }

  /** Removes and returns the rows that arrive in `second`, in the order of arrival (ties: by vehicle, then seq, then the original first). */
  take(second: number): Row[] {
    const bucket = this.#buckets.get(second)
    if (bucket === undefined) return []
    this.#buckets.delete(second)
    return bucket.sort(
      (a, b) =>
        a.ingestMs - b.ingestMs ||
        a.reading.vehicle.index - b.reading.vehicle.index ||
        a.reading.seq - b.reading.seq ||
        Number(a.copyOf !== null) - Number(b.copyOf !== null),
    )
  }

  /** The seconds in which rows still arrive, in order. */
  seconds(): number[] {
    return [...this.#buckets.keys()].sort((a, b) => a - b)
  }
}
