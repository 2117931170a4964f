import type { ResolvedOptions } from '../options.ts'
import type { Random } from '../prng.ts'
import type { Compartment, IncidentName } from '../truth-schema.ts'
import type { Climate } from './climate.ts'

/** An incident in numbers; times are seconds since 1970. */
export interface IncidentRecord {
  readonly incident: IncidentName
  readonly vehicle: number
  readonly compartment: Compartment | null
  readonly startedAt: number
  readonly endedAt: number | null
}

interface Running {
  readonly incident: IncidentName
  readonly compartment: Compartment | null
  readonly climate: Climate | null
  readonly startedAt: number
  readonly hold: number
  readonly backRate: number
  /** When the hold (dropout: the incident) is over; null while the air is still on its way out. */
  until: number | null
  returning: boolean
}

const DECK = ['cooling-failure', 'dropout', 'jump', 'door-open'] as const

/** What goes wrong on one truck: one incident at a time, with a pause between. */
export class Incidents {
  readonly #random: Random
  readonly #climates: readonly (readonly [Compartment, Climate])[]
  readonly #options: ResolvedOptions
  readonly #vehicle: number
  #next: number
  #kind: (typeof DECK)[number]
  #first = true
  #running: Running | null = null

  /** `turn` chooses the first incident, so that trucks with successive turns cover all kinds. */
  constructor(
    random: Random,
    vehicle: number,
    climates: readonly (readonly [Compartment, Climate])[],
    options: ResolvedOptions,
    start: number,
    turn: number,
  ) {
    this.#random = random
    this.#vehicle = vehicle
    this.#climates = climates
    this.#options = options
    this.#kind = DECK[turn % DECK.length]!
    this.#next = start + random.between(5, Math.max(5, Math.min(60, options.incidentEverySeconds >> 1)))
  }

  get deviceOff(): boolean {
    return this.#running?.incident === 'dropout'
  }

  /** The compartment whose door is open, with the truck standing. */
  get open(): Compartment | null {
    return this.#running?.incident === 'door-open' && !this.#running.returning ? this.#running.compartment : null
  }

  /** One second passes; `mayStop`: the truck is not in a tunnel. Returns an incident that ended now. */
  step(t: number, mayStop: boolean): IncidentRecord | null {
    if (this.#running === null) {
      if (t >= this.#next && (mayStop || this.#kind !== 'door-open')) this.#running = this.#begin(t)
      return null
    }
    if (!this.#isOver(this.#running, t)) return null
    const record = this.current(t)
    const every = this.#options.incidentEverySeconds
    this.#running = null
    this.#first = false
    this.#kind = this.#random.pick(DECK)
    this.#next = t + this.#random.between((every >> 1) + 1, every + (every >> 1))
    return record
  }

  /** The incident under way, as ended at `endedAt`. */
  current(endedAt: number | null): IncidentRecord | null {
    if (this.#running === null) return null
    const { incident, compartment, startedAt } = this.#running
    return { incident, vehicle: this.#vehicle, compartment, startedAt, endedAt }
  }

  #isOver(running: Running, t: number): boolean {
    if (running.climate === null) return t >= running.until!
    if (!running.climate.settled) return false
    if (running.returning) return true
    running.until ??= t + running.hold
    if (t >= running.until) {
      running.returning = true
      running.climate.drive(0, running.backRate)
    }
    return false
  }

  #begin(t: number): Running {
    const random = this.#random
    const { graceSeconds, silenceSeconds } = this.#options
    const running = {
      incident: this.#kind,
      compartment: null,
      climate: null,
      startedAt: t,
      hold: 0,
      backRate: 20,
      until: null,
      returning: false,
    }
    if (this.#kind === 'dropout') {
      const long = this.#first || random.chance(700_000)
      const seconds = long ? silenceSeconds + random.between(5, 90) : silenceSeconds - random.between(1, 40)
      return { ...running, until: t + Math.max(1, seconds) }
    }
    const [compartment, climate] = random.pick(this.#climates)
    const up = this.#kind === 'door-open' || this.#first || random.chance(700_000)
    const direction = up ? 1 : -1
    const limit = climate.distanceToLimit(direction)
    if (this.#kind === 'cooling-failure') {
      climate.drive(direction * (limit + random.between(500, 2_000)), random.between(17, 25))
      return { ...running, compartment, climate, hold: graceSeconds + random.between(10, 130) }
    }
    if (this.#kind === 'door-open') {
      climate.drive(limit + random.between(100, 300), random.between(20, 25))
      return { ...running, compartment, climate, backRate: 24 }
    }
    climate.drive(direction * random.between(2_300, 3_500), 100)
    return { ...running, compartment, climate, hold: random.between(20, 40) }
  }
}
