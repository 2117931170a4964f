import type { Dataset } from './generate.ts'
import { type Column, TABLES } from './schema.ts'
import { csvField, decimal, isoDay, isoSeconds } from './text.ts'
import type { Depot } from './world/places.ts'
import type { Shipment } from './world/shipments.ts'
import { CARGO, type Vehicle } from './world/vehicles.ts'

type Fields = (string | null)[]

const depotFields = (d: Depot): Fields => [
  d.depot_id,
  d.name,
  decimal(d.lat, 5),
  decimal(d.lon, 5),
  String(d.docks),
  String(d.vaccineStore),
  d.openedOn,
]

const vehicleFields = (v: Vehicle, depots: readonly Depot[]): Fields => [
  v.vehicle_id,
  v.plate,
  depots[v.homeDepot]!.depot_id,
  v.model,
  String(v.payloadKg),
  String(v.tailLift),
  v.inServiceOn,
  ...compartment(v.front),
  ...compartment(v.rear),
]

const compartment = (cargo: keyof typeof CARGO | null): Fields =>
  cargo === null ? [null, null, null] : [cargo, decimal(CARGO[cargo].min, 2), decimal(CARGO[cargo].max, 2)]

const time = (second: number | null): string | null => (second === null ? null : isoSeconds(second))

const shipmentFields = (s: Shipment, depots: readonly Depot[]): Fields => [
  s.shipment_id,
  s.customer,
  depots[s.origin]!.depot_id,
  depots[s.destination]!.depot_id,
  s.vehicle?.vehicle_id ?? null,
  s.compartment,
  s.cargo,
  decimal(s.weight, 1),
  String(s.parcels),
  String(s.priority),
  s.status,
  isoDay(s.dueOn),
  time(s.bookedAt),
  time(s.loadedAt),
  time(s.departedAt),
  time(s.arrivedAt),
  time(s.deliveredAt),
  s.note,
]

const header = (columns: readonly Column[]): string => `${columns.map(({ name }) => name).join(',')}\n`
const record = (fields: Fields): string => `${fields.map(csvField).join(',')}\n`

/** The records of depots.csv, vehicles.csv or shipments.csv, header first, each with its LF (RFC 4180 but for the LF; a field may hold one too). */
export function* tableLines(dataset: Dataset, table: 'depots' | 'vehicles' | 'shipments'): Generator<string, void> {
  yield header(TABLES[table])
  const { depots, vehicles, shipments } = dataset
  if (table === 'depots') for (const depot of depots) yield record(depotFields(depot))
  else if (table === 'vehicles') for (const vehicle of vehicles) yield record(vehicleFields(vehicle, depots))
  else for (const shipment of shipments) yield record(shipmentFields(shipment, depots))
}
