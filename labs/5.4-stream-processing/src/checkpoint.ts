import type { Ranges } from './types.ts'

/** What outlives the process. Which files it keeps in `dir` is yours to decide. */
export class Checkpoint {
  readonly dir: string

  constructor(dir: string) {
    this.dir = dir
  }

  /** Before a batch is read: what it takes. */
  async writePlan(batch: number, ranges: Ranges): Promise<void> {
    throw new Error(`src/checkpoint.ts keeps nothing yet (batch ${batch}, ${Object.keys(ranges).length} partitions)`)
  }
}
