/** What goes in and out of an ingress. Given: not yours to change. */

/** One reading as `schema/reading.avsc` has it; times are milliseconds since 1970. */
export interface Reading {
  vehicle_id: string
  seq: number
  event_time: number
  ingest_time: number
  latitude: number
  longitude: number
  speed_kmh: number
  front_c: number
  front_open: boolean
  rear_c: number | null
  rear_open: boolean | null
}

/** Where a row came from: the name of a file or the id of a request, and the line in it, from 1. */
export interface Origin {
  source: string
  line: number
}

/** In this order: the first that holds is the reason. */
export type Reason = 'malformed' | 'missing-field' | 'wrong-type' | 'unknown-vehicle'

/** What is published to the reject topic, as JSON. */
export interface Reject extends Origin {
  reason: Reason
  /** Where the reason is about one field: the first such field in the order of the schema. */
  field?: keyof Reading
  /** The row as it came. */
  raw: string
}

/** The columns of a reading in the order of the schema, with the type that each has. */
export const FIELDS = [
  { name: 'vehicle_id', kind: 'text', required: true },
  { name: 'seq', kind: 'integer', required: true },
  { name: 'event_time', kind: 'time', required: true },
  { name: 'ingest_time', kind: 'time', required: true },
  { name: 'latitude', kind: 'number', required: true },
  { name: 'longitude', kind: 'number', required: true },
  { name: 'speed_kmh', kind: 'integer', required: true },
  { name: 'front_c', kind: 'number', required: true },
  { name: 'front_open', kind: 'boolean', required: true },
  { name: 'rear_c', kind: 'number', required: false },
  { name: 'rear_open', kind: 'boolean', required: false },
] as const satisfies readonly { name: keyof Reading; kind: Kind; required: boolean }[]

export type Kind = 'text' | 'integer' | 'number' | 'boolean' | 'time'
