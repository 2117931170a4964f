/** The rules of one truck. Yours. */
import type { RuleSettings } from './config.ts'
import type { Vehicle } from './fleet.ts'
import type { Alert, Reading } from './types.ts'

/** What the rules remember of a truck. It must survive a restart: plain data, so that it can be written as JSON. */
export type TruckState = { last: number | null }

/** A truck of which nothing was heard yet. */
export const newTruck = (): TruckState => ({ last: null })

/**
 * The next reading of a truck, in the order of event time.
 * @returns the alerts that it makes due
 */
export function judge(_settings: RuleSettings, _vehicle: Vehicle, state: TruckState, reading: Reading): Alert[] {
  state.last = reading.eventTime
  return []
}

/**
 * No reading of this truck from before `watermark` will come any more.
 * @returns the alert of a silence that is certain now
 */
export function hush(_settings: RuleSettings, _vehicleId: string, _state: TruckState, _watermark: number): Alert[] {
  return []
}
