/** Readings as rows of the table that Debezium captures, and as the events that it makes of them. */
import avsc from 'avsc'
import { readingFields } from '../../../../datasets/format.ts'
import { READING_COLUMNS } from '../../../../datasets/schema.ts'
import type { Row } from '../../../../datasets/stream/arrivals.ts'

/** A row of the table: times and decimals are text. */
export type ReadingRow = Record<string, unknown>

const CAST: Record<string, (text: string) => unknown> = { integer: Number, boolean: text => text === 'true' }

/** The row that a reading of the data set becomes, damage included (all but `truncated`, which damages the message). */
export const rowOf = (row: Row): ReadingRow =>
  Object.fromEntries(readingFields(row).map((text, i) => [READING_COLUMNS[i]!.name, text === null ? null : (CAST[READING_COLUMNS[i]!.type]?.(text) ?? text)])) // biome-ignore format: one line

/** A reading by hand: `at` and what is not given are seconds after 06:00 on a Monday, and a truck that stands with its doors closed. */
export function reading(vehicle: number, seq: number, at: number, more: ReadingRow = {}): ReadingRow {
  const iso = (second: number) => new Date(Date.UTC(2026, 2, 2, 6) + second * 1000).toISOString()
  return {
    vehicle_id: `V-${String(vehicle).padStart(4, '0')}`,
    seq,
    event_time: iso(at).replace('.000', ''),
    ingest_time: iso(at + 0.1),
    ...{ latitude: '59.91270', longitude: '10.74609', speed_kmh: 0, front_c: '4.00', front_open: false, rear_c: null, rear_open: null },
    ...more,
  }
}

/** The value of an event, by Debezium 3 with `decimal.handling.mode=string`. */
export const envelope = (after: ReadingRow | null, op = 'c', before: ReadingRow | null = null) => ({
  before,
  after,
  source: { version: '3.7.0.Final', connector: 'postgresql', name: 'fjordline', ts_ms: 1_772_431_200_000, db: 'fjordline', schema: 'public', table: 'readings', txId: 745, lsn: 26_500_000 }, // biome-ignore format: one line
  op,
  ts_ms: 1_772_431_200_250,
})

const optional = (type: string) => ['null', type]
const AVRO: Record<string, string> = { integer: 'int', boolean: 'boolean', timestamp: 'string' }

/** The schema of the topic's values; `extra`: a column that the table has got since, in the middle of the others. */
export function envelopeSchema(extra?: string): avsc.Schema {
  const columns = READING_COLUMNS.map(({ name, type }) => {
    const avro = AVRO[type] ?? 'string'
    const nullable = !['seq', 'event_time', 'ingest_time'].includes(name)
    return { name, type: nullable ? optional(avro) : avro, ...(nullable ? { default: null } : {}) }
  })
  if (extra) columns.splice(2, 0, { name: extra, type: optional('string'), default: null })
  const value = { type: 'record', name: 'Value', fields: columns }
  const fields = ['version', 'connector', 'name', 'db', 'schema', 'table'].map(name => ({ name, type: 'string' }))
  const source = { type: 'record', name: 'Source', fields: [...fields, ...['ts_ms', 'txId', 'lsn'].map(name => ({ name, type: 'long' }))] }
  return {
    type: 'record',
    name: 'Envelope',
    namespace: 'fjordline.public.readings',
    fields: [
      { name: 'before', type: ['null', value], default: null },
      { name: 'after', type: ['null', 'Value'], default: null },
      { name: 'source', type: source },
      { name: 'op', type: 'string' },
      { name: 'ts_ms', type: ['null', 'long'], default: null },
    ],
  } as avsc.Schema
}

/** Writes events with that schema; unions as in JSON, without the names of their branches. */
export const envelopeType = (schema: avsc.Schema): avsc.Type => avsc.Type.forSchema(schema, { wrapUnions: 'never' })
