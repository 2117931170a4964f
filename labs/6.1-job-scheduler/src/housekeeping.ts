/** What the leading master does, and how it comes to lead. */
import type { Crons } from './crons.ts'
import type { Scripts } from './scripts.ts'
import type { Config } from './types.ts'

export interface Housekeeping {
  start(): void
  stop(): void
  /** Whether this master leads, and in which epoch (the last that it knows of). */
  leadership(): { leader: boolean; epoch: number }
}

/** Step 2: look at Redis every `config.pollMs`: what is due? Step 11: only the master that leads. */
export function createHousekeeping(_parts: { scripts: Scripts; crons: Crons; config: Config }): Housekeeping {
  return {
    start: () => {},
    stop: () => {},
    leadership: () => ({ leader: false, epoch: 0 }),
  }
}
