/** What the parts of the program agree on. Given: not yours to change. */

/** One message of Kafka. */
export interface Message {
  partition: number
  offset: number
  key: Buffer | null
  value: Buffer | null
}

/** Offsets by partition: `from` included, `to` not. */
export type Ranges = Record<number, { from: number; to: number }>

/** A row of `shipments` as Debezium writes it, with `decimal.handling.mode=string`. */
export interface ShipmentRow {
  shipment_id: string
  customer: string
  origin_depot_id: string
  destination_depot_id: string
  vehicle_id: string | null
  compartment: string | null
  cargo: string
  /** A decimal's text: "812.5". */
  weight_kg: string
  parcels: number
  priority: boolean
  status: string
  /** io.debezium.time.Date: days since 1970-01-01. */
  due_on: number
  /** io.debezium.time.ZonedTimestamp: "2026-03-02T06:00:00Z". */
  booked_at: string
  loaded_at: string | null
  departed_at: string | null
  arrived_at: string | null
  delivered_at: string | null
  note: string | null
}

/** One change of one shipment. */
export interface Change {
  partition: number
  offset: number
  /** r: a row of the snapshot; c, u, d: inserted, updated, deleted. */
  op: 'r' | 'c' | 'u' | 'd'
  shipmentId: string
  /** Where it stands in the database's log: of two changes of one shipment the later has the higher one. */
  lsn: number
  /** When it was committed, UTC: "2026-03-02T06:00:00.123Z". */
  changedAt: string
  /** null: it was deleted. */
  row: ShipmentRow | null
}

/** What a batch brings. The same `id` always comes with the same changes, and perhaps more than once. */
export interface Batch {
  /** 0, 1, 2 … for one checkpoint folder. */
  id: number
  /** Each partition's in order. Tombstones are left out. */
  changes: Change[]
}
