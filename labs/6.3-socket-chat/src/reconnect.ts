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

/** Milliseconds to wait before the next attempt. Step 9: everybody comes back in the millisecond in which all were lost. */
export function nextWait(_try: Try): number {
  return 0
}
