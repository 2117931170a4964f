import { type GenerateOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { randomStream } from './prng.ts'
import { AlertRules } from './rules.ts'
import { Arrivals, type Row } from './stream/arrivals.ts'
import type { IncidentRecord } from './stream/incidents.ts'
import { labelOf } from './stream/labels.ts'
import { type Reading, Truck } from './stream/truck.ts'
import { isoSeconds } from './text.ts'
import { type Alert, CORRUPT_REASONS, type CorruptReason, type Incident, type Label } from './truth-schema.ts'
import { type Itinerary, makeItinerary } from './world/itinerary.ts'
import { type Depot, makeDepots } from './world/places.ts'
import { Roads } from './world/roads.ts'
import { makeShipments, type Shipment } from './world/shipments.ts'
import { makeVehicles, type Vehicle } from './world/vehicles.ts'

/** What the stream yields: rows in the order of arrival, each with its label; alerts in the order of due_at; incidents in the order of their end. */
export type StreamItem =
  | { readonly kind: 'row'; readonly row: Row; readonly label: Label | null }
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'incident'; readonly incident: Incident }

export interface Dataset {
  readonly options: ResolvedOptions
  /** First second of event time, and the moment that the shipments are a snapshot of. Seconds since 1970. */
  readonly start: number
  readonly depots: readonly Depot[]
  readonly vehicles: readonly Vehicle[]
  readonly shipments: readonly Shipment[]
  /** Runs the trucks from the start; every call gives the same items. Memory does not grow with the number of readings. */
  stream(): Generator<StreamItem, void>
}

/** 2026-03-02T06:00:00Z, a Monday; the seed chooses one of four weeks. */
const FIRST_DAY = 1_772_431_200
const REASONS = Object.keys(CORRUPT_REASONS) as CorruptReason[]

/**
 * The Fjordline data set of a size and seed. Throws MR-D-001 and MR-D-002 for options that are out of range or unknown.
 * @example for (const item of generate({ size: 's', seed: 7, readings: 2_000, vehicles: 4 }).stream()) …
 */
export function generate(given: GenerateOptions): Dataset {
  const options = resolveOptions(given)
  const { seed } = options
  const start = FIRST_DAY + randomStream(seed, 'start').below(28) * 86_400
  const depots = makeDepots(seed, options.depots)
  const vehicles = makeVehicles(seed, options.vehicles, options.depots)
  const roads = new Roads(seed, depots, options.tunnelEveryKm)
  const fleet = vehicles.map(vehicle => ({ vehicle, itinerary: makeItinerary(seed, vehicle, roads, start) }))
  const shipments = makeShipments(seed, options.shipments, fleet, roads, start)
  return { options, start, depots, vehicles, shipments, stream: () => run(options, start, fleet, roads) }
}

type Fleet = readonly { readonly vehicle: Vehicle; readonly itinerary: Itinerary }[]

function* run(options: ResolvedOptions, start: number, fleet: Fleet, roads: Roads): Generator<StreamItem, void> {
  const turn = randomStream(options.seed, 'turn').below(4)
  const trucks = fleet.map(({ vehicle, itinerary }, i) => new Truck(vehicle, itinerary, roads, options, start, turn + i))
  const network = new Network(options)
  const rules = new AlertRules(options)
  const incidents: StreamItem[] = []
  const ended = (record: IncidentRecord): void => void incidents.push({ kind: 'incident', incident: toIncident(record, fleet) })
  let rows = 0
  const arrived = function* (second: number): Generator<StreamItem> {
    for (const row of network.arrivals.take(second)) {
      row.row = ++rows
      yield { kind: 'row', row, label: labelOf(row, options.lateAfterSeconds) }
    }
  }

  for (let t = start; !network.full; t++) {
    for (const truck of trucks) {
      const reading = truck.tick(t, ended)
      if (reading === null) continue
      if (network.send(reading, truck.arrivalMs(t))) rules.observe(reading.vehicle, t, reading.front, reading.rear)
      if (network.full) break
    }
    // A reading never arrives in a second before it was made: what arrives in t is complete.
    yield* arrived(t)
    for (const alert of rules.settled()) yield { kind: 'alert', alert }
    yield* incidents.splice(0)
  }
  for (const second of network.arrivals.seconds()) yield* arrived(second)
  for (const alert of rules.finish()) yield { kind: 'alert', alert }
  for (const truck of trucks) for (const record of truck.unfinished()) ended(record)
  yield* incidents
}

/** The way from the device to the gateway: it doubles and corrupts, and it ends after `options.readings` rows. */
class Network {
  readonly arrivals = new Arrivals()
  readonly #options: ResolvedOptions
  readonly #random
  #sent = 0

  constructor(options: ResolvedOptions) {
    this.#options = options
    this.#random = randomStream(options.seed, 'network')
  }

  get full(): boolean {
    return this.#sent >= this.#options.readings
  }

  /** Puts a reading on its way. Returns false if it is corrupt on arrival. */
  send(reading: Reading, ingestMs: number): boolean {
    const random = this.#random
    const corrupt = random.chance(this.#options.corruptPerMillion) ? random.pick(REASONS) : null
    const original: Row = { row: 0, reading, ingestMs, corrupt, damage: corrupt === null ? 0 : random.next(), copyOf: null }
    this.arrivals.add(original)
    this.#sent++
    if (corrupt === null && random.chance(this.#options.duplicatePerMillion) && !this.full) {
      this.arrivals.add({ ...original, ingestMs: ingestMs + random.between(500, 15_000), copyOf: original })
      this.#sent++
    }
    return corrupt === null
  }
}

function toIncident(record: IncidentRecord, fleet: Fleet): Incident {
  return {
    incident: record.incident,
    vehicle_id: fleet[record.vehicle]!.vehicle.vehicle_id,
    compartment: record.compartment,
    started_at: isoSeconds(record.startedAt),
    ended_at: record.endedAt === null ? null : isoSeconds(record.endedAt),
  }
}
