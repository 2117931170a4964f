/** When a client tries again. PROTOCOL.md, section 8. */
import type { Reconnect } from './types.ts'

export interface Try {
  /** Attempts that have failed since the connection was lost: 0 before the first. */
  failures: number
  /** What the last `busy` said; before the first attempt what `bye` said; undefined when nothing was said. */
  retryInMs: number | undefined
  /** From the last `welcome`. */
  reconnect: Reconnect
  /** [0, 1) */
  random: () => number
}

/**
 * Milliseconds to wait before the next attempt. Before the first: anywhere in the spread, because everybody lost the connection in the same
 * millisecond. Then exponential backoff with full jitter (M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
 */
export function nextWait({ failures, retryInMs, reconnect: { spreadMs, baseMs, capMs } }: Try): number {
  const random = Math.random
  if (failures === 0) return retryInMs ?? random() * spreadMs
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures, 30))
  // Not max(retryInMs, …): that would gather all who drew less at one point.
  return (retryInMs ?? 0) + random() * ceiling
}
