/** How long to wait before the next attempt. */

/** Longest pause, milliseconds: an hour. */
const MOST = 3_600_000

/**
 * Exponential backoff with equal jitter: half of the pause is certain, the other half is drawn.
 * Drawn here and not in Lua: Redis seeds a script's math.random with the same number every time, so that all jobs would draw the same.
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 * @param attempt the attempt that failed, from 1
 * @param baseMs the whole pause after the first failure, milliseconds
 * @returns whole milliseconds, within [pause/2, pause] for pause = min(baseMs × 2^(attempt−1), one hour)
 */
export function pauseAfter(attempt: number, baseMs: number, random: () => number = Math.random): number {
  const pause = baseMs * 2 ** (attempt - 1)
  return Math.min(Math.round(pause / 2 + (random() * pause) / 2), MOST)
}
