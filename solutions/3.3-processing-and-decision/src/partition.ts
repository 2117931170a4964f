/** One partition of the readings: its watermark, what waits for it, and the trucks in it. */
import type { RuleSettings } from './config.ts'
import type { Vehicle } from './fleet.ts'
import { hush, judge, newTruck, type TruckState } from './rules.ts'
import type { Alert, Reading } from './types.ts'

/** A partition's state as plain data. Seconds since 1970; null: none yet. */
export interface PartitionState {
  highest: number | null
  pulledTo: number | null
  trucks: Record<string, TruckState>
  waiting: Reading[]
}

/**
 * Hands readings to the rules in the order of event time, however they arrive. Unless it is pulled along, what it does depends on the
 * partition's own messages in their order and on nothing else: read again, the same messages make the same alerts.
 */
export class Partition {
  readonly #settings: RuleSettings
  readonly #fleet: ReadonlyMap<string, Vehicle>
  readonly #maxLateness: number
  readonly #trucks: Map<string, TruckState>
  /** By second, then by truck: a reading that is here already is a duplicate. */
  readonly #waiting = new Map<number, Map<string, Reading>>()
  #highest: number | null
  #pulledTo: number | null

  constructor(settings: RuleSettings, fleet: ReadonlyMap<string, Vehicle>, maxLateness: number, saved?: PartitionState) {
    this.#settings = settings
    this.#fleet = fleet
    this.#maxLateness = maxLateness
    this.#highest = saved?.highest ?? null
    this.#pulledTo = saved?.pulledTo ?? null
    this.#trucks = new Map(Object.entries(saved?.trucks ?? {}))
    for (const reading of saved?.waiting ?? []) this.#wait(reading)
  }

  /** No reading from before this second is accepted any more. */
  get watermark(): number {
    const own = this.#highest === null ? Number.NEGATIVE_INFINITY : this.#highest - this.#maxLateness
    return Math.max(own, this.#pulledTo ?? Number.NEGATIVE_INFINITY)
  }

  /** A reading that has arrived; 'too-late' when it is behind the watermark. */
  arrive(reading: Reading): Alert[] | 'too-late' {
    const { vehicleId, eventTime } = reading
    if (eventTime < this.watermark) return 'too-late'
    const last = this.#trucks.get(vehicleId)?.last ?? null
    // Judged already, so it is here for the second time.
    if (last !== null && eventTime <= last) return []
    const before = this.watermark
    this.#wait(reading)
    this.#highest = Math.max(this.#highest ?? eventTime, eventTime)
    // Most readings move no watermark: then nothing has become due that was not due before.
    return this.watermark === before && eventTime > before ? [] : this.#judge()
  }

  /** The fleet has come this far and this partition is idle: it goes along. */
  pull(watermark: number): Alert[] {
    if (watermark <= this.watermark) return []
    this.#pulledTo = watermark
    return this.#judge()
  }

  save(): PartitionState {
    const waiting = [...this.#waiting.values()].flatMap(second => [...second.values()])
    return { highest: this.#highest, pulledTo: this.#pulledTo, trucks: Object.fromEntries(this.#trucks), waiting }
  }

  #wait(reading: Reading): void {
    const second = this.#waiting.get(reading.eventTime) ?? new Map<string, Reading>()
    if (!second.has(reading.vehicleId)) second.set(reading.vehicleId, reading)
    this.#waiting.set(reading.eventTime, second)
  }

  /** Judges every reading that the watermark has reached, second by second, and then who has been silent until then. */
  #judge(): Alert[] {
    const { watermark } = this
    const alerts: Alert[] = []
    for (const second of [...this.#waiting.keys()].filter(at => at <= watermark).sort((a, b) => a - b)) {
      for (const reading of this.#waiting.get(second)!.values()) {
        const state = this.#trucks.get(reading.vehicleId) ?? newTruck()
        this.#trucks.set(reading.vehicleId, state)
        alerts.push(...judge(this.#settings, this.#fleet.get(reading.vehicleId)!, state, reading))
      }
      this.#waiting.delete(second)
    }
    for (const [id, state] of this.#trucks) alerts.push(...hush(this.#settings, id, state, watermark))
    return alerts
  }
}
