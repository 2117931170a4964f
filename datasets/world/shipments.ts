import { type Random, randomStream } from '../prng.ts'
import type { ShipmentState } from '../schema.ts'
import type { Compartment } from '../truth-schema.ts'
import { AVERAGE_SPEED, type Itinerary } from './itinerary.ts'
import type { Roads } from './roads.ts'
import { CARGO, type Cargo, type Vehicle } from './vehicles.ts'
import { CUSTOMERS, NOTES } from './words.ts'

const HOUR = 3600
const DAY = 24 * HOUR

/** Times are seconds since 1970; null: the state is not reached. */
export interface Shipment {
  readonly shipment_id: string
  readonly customer: string
  readonly origin: number
  readonly destination: number
  readonly vehicle: Vehicle | null
  readonly compartment: Compartment | null
  readonly cargo: Cargo
  /** Tenths of a kilogram. */
  readonly weight: number
  readonly parcels: number
  readonly priority: boolean
  readonly status: ShipmentState
  readonly dueOn: number
  readonly bookedAt: number
  readonly loadedAt: number | null
  readonly departedAt: number | null
  readonly arrivedAt: number | null
  readonly deliveredAt: number | null
  readonly note: string | null
}

type Times = Pick<Shipment, 'status' | 'bookedAt' | 'loadedAt' | 'departedAt' | 'arrivedAt' | 'deliveredAt'>
const BOOKED = { status: 'booked', loadedAt: null, departedAt: null, arrivedAt: null, deliveredAt: null } as const

/** All shipments as they stand at `start`, in the order of their booking. One in twenty has no truck yet. */
export function makeShipments(
  seed: number,
  count: number,
  fleet: readonly { readonly vehicle: Vehicle; readonly itinerary: Itinerary }[],
  roads: Roads,
  start: number,
): Shipment[] {
  const unassigned = Math.floor(count / 20)
  const shipments: Shipment[] = []
  fleet.forEach(({ vehicle, itinerary }, i) => {
    const share = Math.floor((count - unassigned) / fleet.length) + (i < (count - unassigned) % fleet.length ? 1 : 0)
    shipments.push(...ofVehicle(randomStream(seed, `shipments ${i}`), share, vehicle, itinerary, roads, start))
  })
  const random = randomStream(seed, 'shipments unassigned')
  for (let i = 0; i < unassigned; i++) {
    const origin = random.below(roads.depots.length)
    const times = { ...BOOKED, bookedAt: start - random.between(60, 2 * DAY) }
    const cargo = random.pick(Object.keys(CARGO) as Cargo[])
    shipments.push(makeShipment(random, origin, random.pick(roads.neighbours(origin)), null, cargo, null, times, start + DAY))
  }
  return shipments.sort((a, b) => a.bookedAt - b.bookedAt || (a.shipment_id < b.shipment_id ? -1 : 1))
}

/** A truck's shipments: those on board now, then a quarter of the rest on trips to come, the others on trips that are over. */
function ofVehicle(random: Random, share: number, vehicle: Vehicle, now: Itinerary, roads: Roads, start: number): Shipment[] {
  const made: Shipment[] = []
  const add = (from: number, to: number, size: number, due: number, times: () => Times): void => {
    for (let i = 0; i < size; i++) {
      const compartment = vehicle.rear !== null && random.chance(500_000) ? 'rear' : 'front'
      const cargo = compartment === 'rear' ? vehicle.rear! : vehicle.front
      made.push(makeShipment(random, from, to, vehicle, cargo, compartment, times(), due))
    }
  }
  let left = share
  const take = (from: number): number => {
    const size = Math.min(from, random.between(1, 4))
    left -= size
    return size
  }
  const loading = Math.min(now.departedAt, start) - random.between(20, 60) * 60
  const status = now.phase === 'loading' ? 'loaded' : now.phase === 'driving' ? 'in_transit' : 'arrived'
  const departedAt = now.phase === 'loading' ? null : now.departedAt
  add(now.leg.from, now.leg.to, take(left), start + 6 * HOUR, () => {
    const loadedAt = loading + random.below(15 * 60)
    return {
      status,
      bookedAt: loading - random.between(4 * HOUR, 5 * DAY),
      loadedAt,
      departedAt,
      arrivedAt: now.arrivedAt,
      deliveredAt: null,
    }
  })

  let coming = Math.floor(left / 4)
  const future = now.future()
  for (let from = now.leg.to, due = start + DAY; coming > 0; due += DAY / 2) {
    const to = future.next().value
    const size = take(coming)
    coming -= size
    add(from, to, size, due, () => ({ ...BOOKED, bookedAt: start - random.between(60, 3 * DAY) }))
    from = to
  }

  const past = now.past()
  for (let to = now.leg.from, free = loading; left > 0; ) {
    const from = past.next().value
    const unloaded = free - random.between(10, 120) * 60
    const arrivedAt = unloaded - random.between(20, 45) * 60
    const departedAt = arrivedAt - Math.ceil(roads.leg(from, to).metres / AVERAGE_SPEED) - random.between(1, 1800)
    const loadStart = departedAt - random.between(20, 60) * 60
    add(from, to, take(left), arrivedAt + random.between(-4, 20) * HOUR, () => ({
      status: 'delivered',
      bookedAt: loadStart - random.between(4 * HOUR, 5 * DAY),
      loadedAt: loadStart + random.below(15 * 60),
      departedAt,
      arrivedAt,
      deliveredAt: unloaded - random.below(15 * 60),
    }))
    to = from
    free = loadStart
  }
  return made
}

function makeShipment(
  random: Random,
  origin: number,
  destination: number,
  vehicle: Vehicle | null,
  cargo: Cargo,
  compartment: Compartment | null,
  times: Times,
  dueOn: number,
): Shipment {
  return {
    shipment_id: random.uuid(),
    customer: random.pick(CUSTOMERS),
    origin,
    destination,
    vehicle,
    compartment,
    cargo,
    weight: random.between(200, (vehicle?.payloadKg ?? 8_000) * 2),
    parcels: random.between(1, 33),
    priority: random.chance(150_000),
    ...times,
    dueOn,
    note: random.chance(600_000) ? null : random.pick(NOTES),
  }
}
