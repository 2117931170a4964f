import type { RuleSettings } from './options.ts'
import { decimal, isoSeconds } from './text.ts'
import type { Alert, Compartment, RuleName } from './truth-schema.ts'
import { CARGO, type Cargo, type Vehicle } from './world/vehicles.ts'

/** The span of the sensors, in hundredths of a degree, both ends included. Outside it a temperature is a sensor fault. */
export const PLAUSIBLE = { min: -4_000, max: 6_000 } as const

/** True for a temperature (hundredths of a degree) that a working sensor can report. */
export function isPlausible(centi: number): boolean {
  return centi >= PLAUSIBLE.min && centi <= PLAUSIBLE.max
}

/** True for a plausible temperature (hundredths of a degree) below or above the range of its cargo. */
export function isOutOfRange(centi: number, cargo: Cargo): boolean {
  return isPlausible(centi) && (centi < CARGO[cargo].min || centi > CARGO[cargo].max)
}

interface Due {
  readonly rule: RuleName
  readonly vehicle: Vehicle
  readonly compartment: Compartment | null
  readonly due: number
  readonly since: number
  readonly centi: number | null
}

interface CompartmentState {
  outSince: number | null
  raised: boolean
  lastRate: number | null
  /** The last `rateWindowSeconds` readings, each in the slot of its second. */
  readonly times: Float64Array
  readonly temperatures: Int32Array
}

interface VehicleState {
  last: number
  silent: boolean
  readonly front: CompartmentState
  readonly rear: CompartmentState
}

/**
 * The alert rules, in event time, one reading at a time. Exact definitions: README.md, section Rules.
 * Feed it readings that are neither corrupt nor duplicate, in the order of event time; order among vehicles in one second is free.
 */
export class AlertRules {
  readonly #settings: RuleSettings
  readonly #states = new Map<Vehicle, VehicleState>()
  #clock = Number.NEGATIVE_INFINITY
  #due: Due[] = []

  constructor(settings: RuleSettings) {
    this.#settings = settings
  }

  /** A reading of second `t`. Temperatures in hundredths of a degree; rear is null where there is no rear compartment. */
  observe(vehicle: Vehicle, t: number, front: number, rear: number | null): void {
    this.#clock = Math.max(this.#clock, t)
    let state = this.#states.get(vehicle)
    if (state === undefined)
      this.#states.set(vehicle, (state = { last: t, silent: false, front: this.#compartment(), rear: this.#compartment() }))
    this.#checkSilence(vehicle, state, t)
    state.last = t
    state.silent = false
    if (isPlausible(front)) this.#temperature(vehicle, 'front', vehicle.front, state.front, t, front)
    if (rear !== null && vehicle.rear !== null && isPlausible(rear)) this.#temperature(vehicle, 'rear', vehicle.rear, state.rear, t, rear)
  }

  /** All readings up to the present second are in: yields the alerts that no later reading can precede, in their order. */
  *settled(): Generator<Alert> {
    for (const [vehicle, state] of this.#states) this.#checkSilence(vehicle, state, this.#clock)
    yield* this.#take(this.#clock)
  }

  /** The readings have ended: yields the remaining alerts. */
  *finish(): Generator<Alert> {
    yield* this.settled()
    yield* this.#take(Number.POSITIVE_INFINITY)
  }

  #checkSilence(vehicle: Vehicle, state: VehicleState, now: number): void {
    if (state.silent || now - state.last <= this.#settings.silenceSeconds) return
    state.silent = true
    this.#due.push({
      rule: 'silence',
      vehicle,
      compartment: null,
      due: state.last + this.#settings.silenceSeconds,
      since: state.last,
      centi: null,
    })
  }

  #temperature(vehicle: Vehicle, compartment: Compartment, cargo: Cargo, state: CompartmentState, t: number, centi: number): void {
    if (!isOutOfRange(centi, cargo)) state.outSince = null
    else if (state.outSince === null) {
      state.outSince = t
      state.raised = false
    } else if (!state.raised && t - state.outSince >= this.#settings.graceSeconds) {
      state.raised = true
      this.#due.push({ rule: 'threshold', vehicle, compartment, due: t, since: state.outSince, centi })
    }
    const { rateHoldOffSeconds, rateWindowSeconds } = this.#settings
    if (state.lastRate === null || t - state.lastRate >= rateHoldOffSeconds) {
      const since = this.#farthest(state, t, centi)
      if (since !== null) {
        state.lastRate = t
        this.#due.push({ rule: 'rate-of-change', vehicle, compartment, due: t, since, centi })
      }
    }
    state.times[t % rateWindowSeconds] = t
    state.temperatures[t % rateWindowSeconds] = centi
  }

  /** The second of the reading in the window that differs most, the earliest of equals; null when none differs enough. */
  #farthest(state: CompartmentState, t: number, centi: number): number | null {
    const { rateWindowSeconds, rateDeltaCentiC } = this.#settings
    let most = rateDeltaCentiC - 1
    let since: number | null = null
    for (let back = rateWindowSeconds; back >= 1; back--) {
      const slot = (t - back) % rateWindowSeconds
      if (state.times[slot] !== t - back) continue
      const change = Math.abs(centi - state.temperatures[slot]!)
      if (change > most) {
        most = change
        since = t - back
      }
    }
    return since
  }

  #compartment(): CompartmentState {
    const window = this.#settings.rateWindowSeconds
    return { outSince: null, raised: false, lastRate: null, times: new Float64Array(window).fill(-1), temperatures: new Int32Array(window) }
  }

  *#take(before: number): Generator<Alert> {
    if (this.#due.length === 0) return
    const ready = this.#due.filter(alert => alert.due < before)
    if (ready.length === 0) return
    this.#due = this.#due.filter(alert => alert.due >= before)
    for (const alert of ready.sort(inOrder)) {
      const { rule, vehicle, compartment, due, since, centi } = alert
      const value_c = centi === null ? null : Number(decimal(centi, 2))
      yield { rule, vehicle_id: vehicle.vehicle_id, compartment, due_at: isoSeconds(due), since: isoSeconds(since), value_c }
    }
  }
}

const key = (alert: Due): string => `${alert.vehicle.vehicle_id} ${alert.compartment ?? ''} ${alert.rule}`

/** By due time, then vehicle, compartment (none first) and rule: a total order. */
function inOrder(a: Due, b: Due): number {
  return a.due - b.due || (key(a) < key(b) ? -1 : 1)
}
