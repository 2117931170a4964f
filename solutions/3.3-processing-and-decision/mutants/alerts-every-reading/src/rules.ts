/** The rules of one truck: threshold, rate of change, silence. Event time only; no clock. */
import type { RuleSettings } from './config.ts'
import type { Range, Vehicle } from './fleet.ts'
import type { Alert, Compartment, Reading } from './types.ts'

/** A sensor that works reports no other temperatures (hundredths of a degree). */
const PLAUSIBLE = { min: -4000, max: 6000 }

/** What the rules remember of a compartment. */
interface CompartmentState {
  /** First reading of the run out of range; null when the last one was in range. */
  outSince: number | null
  /** This excursion has had its alert. */
  raised: boolean
  lastRate: number | null
  /** Plausible temperatures within the last window: [second, hundredths], oldest first. */
  recent: [number, number][]
}

/** What the rules remember of a truck: plain data, so that it can be written as JSON. */
export interface TruckState {
  last: number | null
  /** The present silence has had its alert. */
  silent: boolean
  front: CompartmentState
  rear: CompartmentState
}

const newCompartment = (): CompartmentState => ({ outSince: null, raised: false, lastRate: null, recent: [] })

/** A truck that nobody has heard of yet. */
export const newTruck = (): TruckState => ({ last: null, silent: false, front: newCompartment(), rear: newCompartment() })

/**
 * The next reading of a truck, in the order of event time.
 * @returns the alerts that it makes due
 */
export function judge(settings: RuleSettings, vehicle: Vehicle, state: TruckState, reading: Reading): Alert[] {
  const alerts = hush(settings, reading.vehicleId, state, reading.eventTime)
  state.last = reading.eventTime
  state.silent = false
  const look = (compartment: Compartment, range: Range | null, value: number | null) => {
    if (range === null || value === null || value < PLAUSIBLE.min || value > PLAUSIBLE.max) return
    const about = { vehicleId: reading.vehicleId, compartment, dueAt: reading.eventTime, value }
    for (const found of [
      threshold(settings, range, state[compartment], reading.eventTime, value),
      change(settings, state[compartment], reading.eventTime, value),
    ])
      if (found) alerts.push({ ...about, ...found })
  }
  look('front', vehicle.front, reading.front)
  look('rear', vehicle.rear, reading.rear)
  return alerts
}

type Found = Pick<Alert, 'rule' | 'since'> | null

function threshold(settings: RuleSettings, range: Range, state: CompartmentState, at: number, value: number): Found {
  if (value >= range.min && value <= range.max) {
    state.outSince = null
    state.raised = false
    return null
  }
  state.outSince ??= at
  if (at - state.outSince < settings.grace) return null
  state.raised = true
  return { rule: 'threshold', since: state.outSince }
}

function change(settings: RuleSettings, state: CompartmentState, at: number, value: number): Found {
  while (state.recent.length > 0 && state.recent[0]![0] < at - settings.rateWindow) state.recent.shift()
  const held = state.lastRate !== null && at - state.lastRate < settings.rateHoldOff
  let most = settings.rateDelta - 1
  let since: number | null = null
  for (const [then, before] of held ? [] : state.recent)
    if (Math.abs(value - before) > most) {
      most = Math.abs(value - before)
      since = then
    }
  state.recent.push([at, value])
  if (since === null) return null
  state.lastRate = at
  return { rule: 'rate-of-change', since }
}

/**
 * No reading of this truck from before `watermark` will come any more.
 * @returns the alert of a silence that is certain now
 */
export function hush(settings: RuleSettings, vehicleId: string, state: TruckState, watermark: number): Alert[] {
  if (state.last === null || state.silent || watermark - state.last <= settings.silence) return []
  state.silent = true
  return [{ rule: 'silence', vehicleId, compartment: null, dueAt: state.last + settings.silence, since: state.last, value: null }]
}
