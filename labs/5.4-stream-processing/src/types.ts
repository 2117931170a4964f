/** What the parts of the processor agree on. Given: not yours to change. */

/** One message of Kafka. */
export interface Message {
  partition: number
  offset: number
  key: Buffer | null
  value: Buffer | null
}

/** Offsets by partition: `from` included, `to` not. */
export type Ranges = Record<number, { from: number; to: number }>

/** A reading as the windows need it. */
export interface Reading {
  vehicleId: string
  seq: number
  /** Milliseconds since 1970. */
  eventTime: number
  /** Hundredths of a degree, as measured, plausible or not. */
  front: number
  frontOpen: boolean
  /** null: the truck has no rear compartment. */
  rear: number | null
  rearOpen: boolean | null
}

/** Why a message is set aside: the header `reason` on the topic of rejects. */
export type Reason = 'unreadable' | 'unknown-schema' | 'invalid'

/** What became of a message. */
export type Decoded = { kind: 'reading'; reading: Reading } | { kind: 'skipped' } | { kind: 'rejected'; reason: Reason }

/** The value of a message on the topic of windows. Temperatures in °C. */
export interface WindowValue {
  vehicle_id: string
  /** UTC, whole seconds: 2026-03-02T06:00:00Z. */
  window_start: string
  window_end: string
  readings: number
  front_min_c: number | null
  front_max_c: number | null
  front_mean_c: number | null
  front_open_readings: number
  rear_min_c: number | null
  rear_max_c: number | null
  rear_mean_c: number | null
  rear_open_readings: number
}

/** The line that is printed after each batch. */
export interface Progress {
  batch: number
  read: number
  skipped: number
  rejected: number
  duplicate: number
  late: number
  /** Windows written by this batch. */
  windows: number
  /** UTC; null before the first reading. */
  watermark: string | null
  /** Messages that wait when the batch is done. */
  lag: number
}
