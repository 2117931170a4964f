import type { ResolvedOptions } from '../options.ts'
import { type Random, randomStream } from '../prng.ts'
import type { Compartment } from '../truth-schema.ts'
import type { Itinerary } from '../world/itinerary.ts'
import type { Leg, Roads } from '../world/roads.ts'
import type { Vehicle } from '../world/vehicles.ts'
import { Climate } from './climate.ts'
import { type IncidentRecord, Incidents } from './incidents.ts'

/** What a device measured. Temperatures in hundredths of a degree, coordinates in hundred-thousandths, time in seconds since 1970. */
export interface Reading {
  readonly vehicle: Vehicle
  readonly seq: number
  readonly eventTime: number
  readonly lat: number
  readonly lon: number
  readonly speedKmh: number
  readonly front: number
  readonly frontOpen: boolean
  readonly rear: number | null
  readonly rearOpen: boolean | null
}

/** What a broken sensor reports: wire off and power-on reset of a common digital sensor. */
const FAULTS = [-12_700, 8_500] as const
const BURST_GAP_MS = 50

/** One truck: it drives its itinerary, suffers its incidents and measures once a second. */
export class Truck {
  readonly vehicle: Vehicle
  readonly #random: Random
  readonly #roads: Roads
  readonly #options: ResolvedOptions
  readonly #front: Climate
  readonly #rear: Climate | null
  readonly #incidents: Incidents
  readonly #future: Generator<number, never>
  #phase: Itinerary['phase']
  #leg: Leg
  #metres: number
  #phaseUntil: number
  #speed: number
  #seq = 0
  #enteredAt = 0
  #exitAt = 0
  #kept = 0

  constructor(vehicle: Vehicle, itinerary: Itinerary, roads: Roads, options: ResolvedOptions, start: number, turn: number) {
    this.vehicle = vehicle
    this.#random = randomStream(options.seed, `truck ${vehicle.index}`)
    this.#roads = roads
    this.#options = options
    this.#front = new Climate(vehicle.front, this.#random)
    this.#rear = vehicle.rear === null ? null : new Climate(vehicle.rear, this.#random)
    const climates: [Compartment, Climate][] = [['front', this.#front]]
    if (this.#rear !== null) climates.push(['rear', this.#rear])
    this.#incidents = new Incidents(randomStream(options.seed, `incidents ${vehicle.index}`), vehicle.index, climates, options, start, turn)
    this.#phase = itinerary.phase
    this.#leg = itinerary.leg
    this.#metres = itinerary.metres
    this.#phaseUntil = itinerary.phase === 'loading' ? itinerary.departedAt : start + this.#random.between(60, 1_200)
    this.#future = itinerary.future()
    this.#speed = this.#random.between(17, 22)
  }

  /** Second `t` passes: returns what the device measured (null: it is off) and hands incidents that ended to `ended`. */
  tick(t: number, ended: (record: IncidentRecord) => void): Reading | null {
    const incident = this.#incidents.step(t, this.#exitAt === 0)
    if (incident !== null) ended(incident)
    if (this.#exitAt !== 0 && t >= this.#exitAt) {
      ended({ incident: 'tunnel', vehicle: this.vehicle.index, compartment: null, startedAt: this.#enteredAt, endedAt: this.#exitAt })
      this.#exitAt = 0
    }
    const standing = this.#incidents.open !== null || this.#phase !== 'driving'
    if (this.#phase !== 'driving') this.#wait(t)
    else if (!standing) this.#drive(t)
    this.#front.step()
    this.#rear?.step()
    return this.#incidents.deviceOff ? null : this.#measure(t, standing)
  }

  /** Incidents that are still under way, tunnel included. */
  *unfinished(): Generator<IncidentRecord> {
    const incident = this.#incidents.current(null)
    if (incident !== null) yield incident
    if (this.#exitAt !== 0)
      yield { incident: 'tunnel', vehicle: this.vehicle.index, compartment: null, startedAt: this.#enteredAt, endedAt: null }
  }

  /** When the gateway receives the reading just made, in milliseconds: soon, or in a burst at 20 a second from the tunnel's exit. */
  arrivalMs(t: number): number {
    if (this.#exitAt !== 0) return this.#exitAt * 1000 + 200 + this.#kept++ * BURST_GAP_MS + this.#random.below(40)
    return t * 1000 + 40 + this.#random.below(400) + (this.#random.chance(50_000) ? this.#random.between(500, 2_500) : 0)
  }

  #wait(t: number): void {
    if (t < this.#phaseUntil) return
    if (this.#phase === 'unloading') {
      this.#leg = this.#roads.leg(this.#leg.to, this.#future.next().value)
      this.#metres = 0
      this.#phase = 'loading'
      this.#phaseUntil = t + this.#random.between(600, 2_400)
    } else this.#phase = 'driving'
  }

  #drive(t: number): void {
    if (this.#exitAt === 0 && t % 60 === this.vehicle.index % 60) this.#speed = this.#random.between(17, 22)
    const before = this.#metres
    this.#metres += this.#speed
    if (this.#exitAt === 0) {
      const tunnel = this.#leg.tunnels.find(({ start }) => before < start && start <= this.#metres)
      if (tunnel !== undefined) {
        this.#enteredAt = t
        this.#exitAt = t + Math.ceil((tunnel.end - this.#metres) / this.#speed)
        this.#kept = 0
      }
    }
    if (this.#metres >= this.#leg.metres) {
      this.#metres = this.#leg.metres
      this.#phase = 'unloading'
      this.#phaseUntil = t + this.#random.between(600, 2_400)
    }
  }

  #measure(t: number, standing: boolean): Reading {
    const [lat, lon] = this.#roads.position(this.#leg, this.#metres)
    const docked = this.#phase !== 'driving' && t % 240 < 90
    const open = this.#incidents.open
    return {
      vehicle: this.vehicle,
      seq: ++this.#seq,
      eventTime: t,
      lat,
      lon,
      speedKmh: standing ? 0 : Math.floor((this.#speed * 36) / 10),
      front: this.#sensor(this.#front, t),
      frontOpen: docked || open === 'front',
      rear: this.#rear === null ? null : this.#sensor(this.#rear, t),
      rearOpen: this.#rear === null ? null : docked || open === 'rear',
    }
  }

  #sensor(climate: Climate, t: number): number {
    const measured = climate.measure(t)
    return this.#random.chance(this.#options.implausiblePerMillion) ? this.#random.pick(FAULTS) : measured
  }
}
