/** The Delta tables of the lake, and how a change event becomes a row of one. */
import {
  column,
  DeltaError,
  DeltaTable,
  type Field,
  type InputRow,
  S3Store,
} from '../../../solutions/5.5-delta-on-minio/src/delta/index.ts'
import { ALERTS, LAKE_BUCKET, TABLES } from './names.ts'
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

/** Columns that a table has beyond these are left out: the lake's schema is a decision, not an accident. */
export const LAKE: Readonly<Record<string, LakeTable>> = {
  shipments: {
    ...TABLES['shipments']!,
    columns: [
      ...['shipment_id', 'customer', 'origin_depot_id', 'destination_depot_id', 'vehicle_id', 'compartment', 'cargo'].map(text),
      number('weight_kg'),
      whole('parcels'),
      yes('priority'),
      ...['status', 'booked_at', 'loaded_at', 'departed_at', 'arrived_at', 'delivered_at', 'note'].map(text),
    ],
  },
  readings: {
    ...TABLES['readings']!,
    columns: [
      text('vehicle_id'),
      whole('seq'),
      text('event_time'),
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
    key: ['alert_id'],
    columns: [...['alert_id', 'rule', 'vehicle_id', 'compartment', 'due_at', 'since'].map(text), number('value_c')],
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

/** What a change means for the table: the row as it is now, or the key of one that is gone; undefined for what is no change of a row. */
export function changeOf(table: LakeTable, event: Record<string, unknown> | null): { row: InputRow; gone: boolean } | undefined {
  if (event === null) return undefined // A tombstone: the delete before it has said it.
  const envelope = 'op' in event && 'after' in event
  const gone = envelope && event['op'] === 'd'
  const row = (envelope ? event[gone ? 'before' : 'after'] : event) as InputRow | null
  if (!row) return undefined
  return { row: Object.fromEntries(table.columns.map(({ name }) => [name, row[name] ?? null])), gone }
}
