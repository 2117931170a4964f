/** Checks a limit that somebody sent us. Given: not yours to change. */
import type { Limit } from './types.ts'

const between = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most

/**
 * A limit from parsed JSON.
 * @throws RangeError that says what is wrong with it
 */
export function parseLimit(value: unknown): Limit {
  if (typeof value !== 'object' || value === null) throw new RangeError('a limit is a JSON object')
  const { algorithm, capacity, refillPerSecond, limit, windowMs } = value as Record<string, unknown>
  if (algorithm === 'token-bucket') {
    if (!between(capacity, 1, 1_000_000) || !Number.isInteger(capacity))
      throw new RangeError('capacity: a whole number from 1 to 1,000,000')
    if (!between(refillPerSecond, 0.001, 1_000_000) || Math.round(refillPerSecond * 1000) / 1000 !== refillPerSecond)
      throw new RangeError('refillPerSecond: from 0.001 to 1,000,000 with at most three decimals')
    return { algorithm, capacity, refillPerSecond }
  }
  if (algorithm === 'sliding-window-log' || algorithm === 'sliding-window-counter') {
    if (!between(limit, 1, 10_000) || !Number.isInteger(limit)) throw new RangeError('limit: a whole number from 1 to 10,000')
    if (!between(windowMs, 100, 3_600_000) || !Number.isInteger(windowMs))
      throw new RangeError('windowMs: a whole number from 100 to 3,600,000')
    return { algorithm, limit, windowMs }
  }
  throw new RangeError('algorithm: token-bucket, sliding-window-log or sliding-window-counter')
}
