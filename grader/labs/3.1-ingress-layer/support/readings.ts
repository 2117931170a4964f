/** Fjordline's readings of an unseen seed as files and bodies, with what must become of each row. */
import { type Collected, collect, csvLine, ndjsonLine, READINGS_HEADER, type Row } from '../../../../datasets/index.ts'
import type { Random } from '../../../kpi/types.ts'

/** What a row of the data set must become. */
export interface Due {
  vehicle: string
  /** The reading as JSON, its fields in the order of the schema; undefined: it must be rejected. */
  reading?: string
  reject?: { reason: string; field?: string }
}

/** The data set's corruptions in this lab's words. */
const REASONS: Record<string, { reason: string; field?: string }> = {
  truncated: { reason: 'malformed' },
  'not-a-number': { reason: 'wrong-type', field: 'front_c' },
  'bad-time': { reason: 'wrong-type', field: 'event_time' },
  'missing-field': { reason: 'missing-field', field: 'vehicle_id' },
  garbled: { reason: 'unknown-vehicle', field: 'vehicle_id' },
  'unknown-vehicle': { reason: 'unknown-vehicle', field: 'vehicle_id' },
}

/** A small data set; `corrupt` rows of a hundred are broken, none unless it is given. */
export const readingsOf = (random: Random, readings: number, { corrupt = 0, vehicles = 6 } = {}): Collected =>
  collect({ size: 's', seed: random.int(1, 2 ** 31), vehicles, shipments: 0, readings, corruptPerMillion: corrupt * 10_000 })

/** What must become of a row. */
export function dueOf(row: Row): Due {
  const vehicle = row.reading.vehicle.vehicle_id
  if (row.corrupt) return { vehicle, reject: REASONS[row.corrupt]! }
  const { event_time, ingest_time, ...rest } = JSON.parse(ndjsonLine(row)) as Record<string, string>
  const { vehicle_id, seq, ...measured } = rest
  const times = { event_time: Date.parse(event_time!), ingest_time: Date.parse(ingest_time!) }
  return { vehicle, reading: JSON.stringify({ vehicle_id, seq, ...times, ...measured }) }
}

/** Rows as a CSV file; line 1 is its header. */
export const csvFile = (rows: readonly Row[]): string => READINGS_HEADER + rows.map(csvLine).join('')

/** Rows as NDJSON; row n is line n, from 1. */
export const ndjsonFile = (rows: readonly Row[]): string => rows.map(ndjsonLine).join('')
