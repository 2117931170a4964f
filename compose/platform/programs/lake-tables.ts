/** The Delta tables that this program writes, and how a record becomes a row of one. Shipments are lab 5.5's. */
import { column, DeltaError, DeltaTable, type Field, type InputRow, S3Store } from '../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { ALERTS, LAKE_BUCKET, READINGS } from './names.ts'
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

/** Version of the table of shipments, which lab 5.5 writes; undefined as long as there is none. */
export async function shipmentsVersion(): Promise<number | undefined> {
  try {
    return (await DeltaTable.open(new S3Store(s3Client(), LAKE_BUCKET, 'shipments'))).latest().then(({ version }) => version)
  } catch (error) {
    if (error instanceof DeltaError && error.code === 'DELTA_TABLE_NOT_FOUND') return undefined
    throw error
  }
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

/** The row of a flat record. */
export function rowOf(table: LakeTable, record: Record<string, unknown>): InputRow {
  const value = ({ name, type }: Field) => (type === 'timestamp' ? instantOf(record[name]) : (record[name] ?? null))
  return Object.fromEntries(table.columns.map(field => [field.name, value(field)])) as InputRow
}

/** Text of an instant, or milliseconds since 1970, as the lake has it: in microseconds, UTC. */
function instantOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  const text = typeof value === 'number' ? new Date(value).toISOString() : String(value)
  const [, seconds = '', fraction = ''] = /^(.*?:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(text) ?? []
  return `${seconds}.${fraction.padEnd(6, '0').slice(0, 6)}Z`
}
