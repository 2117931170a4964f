/** What the next batch takes. */
import type { Ends } from './kafka.ts'
import type { Ranges } from './types.ts'

/**
 * At most `most` messages, from each partition in proportion to what waits there, so that all move through event time side by side.
 * Throws where Kafka has deleted what was to be read next: going on would hide the loss.
 */
export function nextRanges(ends: ReadonlyMap<number, Ends>, next: Readonly<Record<number, number>>, most: number): Ranges {
  const waiting = [...ends].map(([partition, { low, high }]) => {
    const from = next[partition] ?? low
    if (from < low)
      throw new Error(`offsets ${from} to ${low - 1} of partition ${partition} are gone: they were deleted before they were read`)
    return { partition, from, count: high - from }
  })
  const total = waiting.reduce((sum, { count }) => sum + count, 0)
  const taken = waiting.flatMap(({ partition, from, count }) => {
    // Multiplied first: 91 * (29 / 91) is a little less than 29.
    const share = total <= most ? count : Math.floor((count * most) / total)
    return count > 0 ? [[partition, { from, to: from + Math.max(1, share) }] as const] : []
  })
  return Object.fromEntries(taken)
}

/** Messages that wait. */
export const lagOf = (ends: ReadonlyMap<number, Ends>, next: Readonly<Record<number, number>>): number =>
  [...ends].reduce((sum, [partition, { low, high }]) => sum + high - (next[partition] ?? low), 0)
