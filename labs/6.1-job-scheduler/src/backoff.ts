/** How long to wait before the next attempt. */

/**
 * Step 3: twice as long each time, at most an hour; and not all at the same moment.
 * @param attempt the attempt that failed, from 1
 * @param baseMs the whole pause after the first failure, milliseconds
 * @returns whole milliseconds
 */
export function pauseAfter(_attempt: number, baseMs: number): number {
  return baseMs
}
