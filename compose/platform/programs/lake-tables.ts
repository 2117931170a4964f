/** The Delta tables of the lake, and how a change event becomes a row of one. */
import { column, DeltaError, DeltaTable, type Field, type InputRow, S3Store } from '../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { ALERTS, CHANGES, LAKE_BUCKET, READINGS } from './names.ts'
import { s3Client } from './s3.ts'

/** A table of the lake: the topic it follows, its key, its columns. */
export interface LakeTable {
  topic: string
  key: readonly string[]
  columns: readonly Field[]
}

const text = (name: string) => column(name, 'string')
const number = (name: string) => column(name, 'double')
const whole = (name: string) => column(name, 'integer')
const yes = (name: string) => column(name, 'boolean')
const instant = (name: string) => column(name, 'timestamp')

/** Columns that a table has beyond these are left out: the lake's schema is a decision, not an accident. */
export const LAKE: Readonly<Record<string, LakeTable>> = {
  shipments: {
    topic: CHANGES.shipments,
    key: ['shipment_id'],
    columns: [
      ...['shipment_id', 'customer', 'origin_depot_id', 'destination_depot_id', 'vehicle_id', 'compartment', 'cargo'].map(text),
      number('weight_kg'),
      whole('parcels'),
      yes('priority'),
      text('status'),
      ...['booked_at', 'loaded_at', 'departed_at', 'arrived_at', 'delivered_at'].map(instant),
      text('note'),
    ],
  },
  readings: {
    topic: READINGS,
    key: ['vehicle_id', 'seq'],
    columns: [
      text('vehicle_id'),
      whole('seq'),
      instant('event_time'),
      number('latitude'),
      number('longitude'),
      whole('speed_kmh'),
      number('front_c'),
      yes('front_open'),
      number('rear_c'),
      yes('rear_open'),
    ],
  },
  alerts: {
    topic: ALERTS,
    key: ['id'],
    columns: [...['id', 'rule', 'vehicle_id', 'compartment'].map(text), instant('due_at'), instant('since'), number('value_c')],
  },
}

/** Opens a table of the lake; made when it is not there yet. */
export async function openTable(name: string): Promise<DeltaTable> {
  const store = new S3Store(s3Client(), LAKE_BUCKET, name)
  try {
    return await DeltaTable.open(store)
  } catch (error) {
    if (!(error instanceof DeltaError && error.code === 'DELTA_TABLE_NOT_FOUND')) throw error
    return await DeltaTable.create(store, { columns: LAKE[name]!.columns, name })
  }
}

/**
 * What a change means for the table: the row as it is now, or the key of one that is gone; undefined for what is no change of a row. Events
 * are Debezium's envelopes, or flat rows, which only come.
 */
export function changeOf(table: LakeTable, event: Record<string, unknown> | null): { row: InputRow; gone: boolean } | undefined {
  if (event === null) return undefined // A tombstone: the delete before it has said it.
  const envelope = 'op' in event && 'after' in event
  const gone = envelope && event['op'] === 'd'
  const row = (envelope ? event[gone ? 'before' : 'after'] : event) as Record<string, unknown> | null
  if (!row) return undefined
  const value = ({ name, type }: Field) => (type === 'timestamp' ? instantOf(row[name]) : (row[name] ?? null))
  return { row: Object.fromEntries(table.columns.map(field => [field.name, value(field)])) as InputRow, gone }
}

/** Text of an instant, or milliseconds since 1970, as the lake has it: in microseconds, UTC. */
function instantOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  const text = typeof value === 'number' ? new Date(value).toISOString() : String(value)
  const [, seconds = '', fraction = ''] = /^(.*?:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(text) ?? []
  return `${seconds}.${fraction.padEnd(6, '0').slice(0, 6)}Z`
}
