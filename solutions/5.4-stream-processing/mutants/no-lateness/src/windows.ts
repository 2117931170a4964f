/** Windows of event time, and the watermark that closes them. */
import type { Reading, WindowValue } from './types.ts'

/** Hundredths of a degree that a working sensor can report. */
const PLAUSIBLE = { min: -4_000, max: 6_000 }

interface Temperatures {
  count: number
  /** Hundredths of a degree: whole numbers, so that the order of arrival changes nothing. */
  sum: number
  min: number
  max: number
}

interface Window {
  vehicleId: string
  start: number
  /** `seq@event time` of the readings in it: a window is short, so its own list is enough to know a duplicate. */
  seen: Set<string>
  front: Temperatures
  frontOpen: number
  rear: Temperatures
  rearOpen: number
}

/** Everything that the next batch depends on, as JSON. */
export interface WindowsState {
  newest: number | null
  /** In `open`, sets are arrays. */
  open: (Omit<Window, 'seen'> & { seen: string[] })[]
}

const none = (): Temperatures => ({ count: 0, sum: 0, min: 0, max: 0 })

/** The open windows of all vehicles. */
export class Windows {
  readonly #windowMs: number
  readonly #open = new Map<string, Window>()
  /** Highest event time of all batches before this one, and with this one. */
  #newest: number | null
  #newestNow: number | null

  constructor(windowMs: number, _latenessMs: number, state?: WindowsState) {
    this.#windowMs = windowMs
    this.#newest = this.#newestNow = state?.newest ?? null
    for (const window of state?.open ?? []) this.#open.set(keyOf(window), { ...window, seen: new Set(window.seen) })
  }

  /** Milliseconds since 1970; moves when a batch is closed. */
  get watermark(): number | null {
    return this.#newest
  }

  /** Counts a reading into its window, unless that has it or is closed. */
  add(reading: Reading): 'counted' | 'duplicate' | 'late' {
    const start = Math.floor(reading.eventTime / this.#windowMs) * this.#windowMs
    if (this.#isClosed(start)) return 'late'
    this.#newestNow = Math.max(this.#newestNow ?? reading.eventTime, reading.eventTime)
    const key = keyOf({ vehicleId: reading.vehicleId, start })
    let window = this.#open.get(key)
    if (!window) {
      window = { vehicleId: reading.vehicleId, start, seen: new Set(), front: none(), frontOpen: 0, rear: none(), rearOpen: 0 }
      this.#open.set(key, window)
    }
    const name = `${reading.seq}@${reading.eventTime}`
    if (window.seen.has(name)) return 'duplicate'
    window.seen.add(name)
    count(window.front, reading.front)
    count(window.rear, reading.rear)
    if (reading.frontOpen) window.frontOpen++
    if (reading.rearOpen) window.rearOpen++
    return 'counted'
  }

  /** Ends a batch: the watermark moves, and the windows that it has passed are taken out. */
  close(): WindowValue[] {
    this.#newest = this.#newestNow
    const closed = [...this.#open].filter(([, { start }]) => this.#isClosed(start))
    for (const [key] of closed) this.#open.delete(key)
    return closed.map(([, window]) => this.#value(window))
  }

  state(): WindowsState {
    return { newest: this.#newest, open: [...this.#open.values()].map(window => ({ ...window, seen: [...window.seen] })) }
  }

  #isClosed(start: number): boolean {
    return this.watermark !== null && start + this.#windowMs <= this.watermark
  }

  #value({ vehicleId, start, seen, front, frontOpen, rear, rearOpen }: Window): WindowValue {
    return {
      vehicle_id: vehicleId,
      window_start: seconds(start),
      window_end: seconds(start + this.#windowMs),
      readings: seen.size,
      ...{ front_min_c: degrees(front, front.min), front_max_c: degrees(front, front.max), front_mean_c: degrees(front, mean(front)) },
      front_open_readings: frontOpen,
      ...{ rear_min_c: degrees(rear, rear.min), rear_max_c: degrees(rear, rear.max), rear_mean_c: degrees(rear, mean(rear)) },
      rear_open_readings: rearOpen,
    }
  }
}

const keyOf = ({ vehicleId, start }: { vehicleId: string; start: number }): string => `${vehicleId}/${seconds(start)}`

function count(temperatures: Temperatures, value: number | null): void {
  if (value === null || value < PLAUSIBLE.min || value > PLAUSIBLE.max) return
  temperatures.min = temperatures.count === 0 ? value : Math.min(temperatures.min, value)
  temperatures.max = temperatures.count === 0 ? value : Math.max(temperatures.max, value)
  temperatures.sum += value
  temperatures.count++
}

/** Half away from zero, as SQL rounds; Math.round takes −0.5 to 0. */
const mean = ({ sum, count }: Temperatures): number => Math.sign(sum) * Math.round(Math.abs(sum) / count)

/** -0 is 0. */
const degrees = ({ count }: Temperatures, centi: number): number | null => (count === 0 ? null : centi / 100 || 0)

/** UTC, whole seconds. */
export const seconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
