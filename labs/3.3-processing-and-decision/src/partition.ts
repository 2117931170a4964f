/** One partition of the readings: its watermark, what waits for it, and the trucks in it. Yours. */
import type { RuleSettings } from './config.ts'
import type { Vehicle } from './fleet.ts'
import type { Alert, Reading } from './types.ts'

/** Hands readings to the rules in the order of event time, however they arrive. */
export class Partition {
  readonly settings: RuleSettings
  readonly fleet: ReadonlyMap<string, Vehicle>
  readonly maxLateness: number

  constructor(settings: RuleSettings, fleet: ReadonlyMap<string, Vehicle>, maxLateness: number) {
    this.settings = settings
    this.fleet = fleet
    this.maxLateness = maxLateness
  }

  /** A reading that has arrived; 'too-late' when it is behind the watermark. */
  arrive(_reading: Reading): Alert[] | 'too-late' {
    return []
  }
}
