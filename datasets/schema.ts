/** What every column is. The pages, the writers and the tests all read this; README.md is compared with it cell by cell. */

/** Column types, named as PostgreSQL names them (`timestamp` is `timestamptz`, always UTC with a Z). */
export type ColumnType = 'text' | 'uuid' | 'integer' | 'numeric' | 'boolean' | 'date' | 'timestamp'

export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** The unit, or what the values look like; `-` where there is none. */
  readonly unit: string
  readonly nullable: boolean
  readonly about: string
}

const column = (name: string, type: ColumnType, unit: string, about: string): Column => ({ name, type, unit, nullable: false, about })
const optional = (name: string, type: ColumnType, unit: string, about: string): Column => ({ name, type, unit, nullable: true, about })

export const DEPOT_COLUMNS: readonly Column[] = [
  column('depot_id', 'text', '`D-00`', 'primary key'),
  column('name', 'text', '-', 'name of the depot, with Norwegian letters'),
  column('latitude', 'numeric', 'degrees, 5 decimals', 'north of the equator'),
  column('longitude', 'numeric', 'degrees, 5 decimals', 'east of Greenwich'),
  column('docks', 'integer', 'count', 'trucks that can load at once'),
  column('vaccine_store', 'boolean', '-', 'has a licensed cold store for vaccines'),
  column('opened_on', 'date', '-', 'first day of business'),
]

export const VEHICLE_COLUMNS: readonly Column[] = [
  column('vehicle_id', 'text', '`V-0000`', 'primary key'),
  column('plate', 'text', '-', 'number plate, unique'),
  column('home_depot_id', 'text', '`D-00`', 'references depots.depot_id'),
  column('model', 'text', '-', 'make of the truck'),
  column('payload_kg', 'integer', 'kg', 'largest load'),
  column('tail_lift', 'boolean', '-', 'has a lift at the rear'),
  column('in_service_on', 'date', '-', 'first day in service'),
  column('front_cargo', 'text', '`vaccine`, `salmon`, `frozen`', 'what the front compartment is set up for'),
  column('front_min_c', 'numeric', '°C, 2 decimals', 'lowest temperature in range, included'),
  column('front_max_c', 'numeric', '°C, 2 decimals', 'highest temperature in range, included'),
  optional('rear_cargo', 'text', '`vaccine`, `salmon`, `frozen`', 'NULL: the truck has no rear compartment'),
  optional('rear_min_c', 'numeric', '°C, 2 decimals', 'as front_min_c'),
  optional('rear_max_c', 'numeric', '°C, 2 decimals', 'as front_max_c'),
]

export const SHIPMENT_COLUMNS: readonly Column[] = [
  column('shipment_id', 'uuid', '-', 'primary key'),
  column('customer', 'text', '-', 'who pays; may hold commas and quotes'),
  column('origin_depot_id', 'text', '`D-00`', 'references depots.depot_id'),
  column('destination_depot_id', 'text', '`D-00`', 'references depots.depot_id, never the origin'),
  optional('vehicle_id', 'text', '`V-0000`', 'references vehicles.vehicle_id; NULL: booked, no truck assigned yet'),
  optional('compartment', 'text', '`front`, `rear`', 'NULL exactly when vehicle_id is'),
  column('cargo', 'text', '`vaccine`, `salmon`, `frozen`', 'equals the cargo of the assigned compartment'),
  column('weight_kg', 'numeric', 'kg, 1 decimal', 'gross weight'),
  column('parcels', 'integer', 'count', 'boxes or pallets'),
  column('priority', 'boolean', '-', 'customer pays for first out'),
  column('status', 'text', '`booked`, `loaded`, `in_transit`, `arrived`, `delivered`', 'the last state reached at the snapshot'),
  column('due_on', 'date', '-', 'promised day of delivery'),
  column('booked_at', 'timestamp', 'UTC, seconds', 'time of state booked'),
  optional('loaded_at', 'timestamp', 'UTC, seconds', 'time of state loaded; NULL: not reached'),
  optional('departed_at', 'timestamp', 'UTC, seconds', 'time of state in_transit; NULL: not reached'),
  optional('arrived_at', 'timestamp', 'UTC, seconds', 'time of state arrived; NULL: not reached'),
  optional('delivered_at', 'timestamp', 'UTC, seconds', 'time of state delivered; NULL: not reached'),
  optional('note', 'text', '-', 'free text: quotes, commas, line breaks, unicode'),
]

export const READING_COLUMNS: readonly Column[] = [
  column('vehicle_id', 'text', '`V-0000`', 'references vehicles.vehicle_id'),
  column('seq', 'integer', 'count from 1', "the device's own counter; (vehicle_id, seq) names a reading"),
  column('event_time', 'timestamp', 'UTC, seconds', 'when the device measured'),
  column('ingest_time', 'timestamp', 'UTC, milliseconds', 'when the gateway received this row; rows are in this order'),
  column('latitude', 'numeric', 'degrees, 5 decimals', 'position; dead reckoning in tunnels'),
  column('longitude', 'numeric', 'degrees, 5 decimals', 'position; dead reckoning in tunnels'),
  column('speed_kmh', 'integer', 'km/h', '0 when standing'),
  column('front_c', 'numeric', '°C, 2 decimals', 'temperature of the front compartment'),
  column('front_open', 'boolean', '-', 'door of the front compartment is open'),
  optional('rear_c', 'numeric', '°C, 2 decimals', 'NULL: the truck has no rear compartment'),
  optional('rear_open', 'boolean', '-', 'NULL: the truck has no rear compartment'),
]

/** Every table by its file name without extension. */
export const TABLES = {
  depots: DEPOT_COLUMNS,
  vehicles: VEHICLE_COLUMNS,
  shipments: SHIPMENT_COLUMNS,
  readings: READING_COLUMNS,
} as const

/** The states of a shipment in their only order, with the column that holds the time of each. */
export const SHIPMENT_STATES = [
  { state: 'booked', at: 'booked_at' },
  { state: 'loaded', at: 'loaded_at' },
  { state: 'in_transit', at: 'departed_at' },
  { state: 'arrived', at: 'arrived_at' },
  { state: 'delivered', at: 'delivered_at' },
] as const

export type ShipmentState = (typeof SHIPMENT_STATES)[number]['state']
