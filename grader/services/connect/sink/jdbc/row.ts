/** From a record to a row: which table, which columns, which key, and values as PostgreSQL takes them. */
import type { Settings } from '../../config/definition.ts'
import {
  type ConnectRecord,
  DATE,
  type Data,
  DataError,
  DECIMAL,
  decimalText,
  fromTwosComplement,
  type Schema,
  type Struct,
  TIME,
  TIMESTAMP,
} from '../../data/schema.ts'
import { TOPIC } from './config.ts'

export interface RowColumn {
  name: string
  schema: Schema
}

/** A row to write, or (without columns) a key to delete. */
export interface Row {
  table: string
  key: RowColumn[]
  columns: RowColumn[]
  /** By column name. */
  values: Map<string, unknown>
  deletes: boolean
}

export interface Position {
  topic: string
  partition: number
  offset: string
}

/** @throws DataError when the record is not of the shape that the configuration asks for */
export function rowOf(record: ConnectRecord, settings: Settings, at: Position): Row {
  const table = settings.text('table.name.format').replaceAll(TOPIC, record.topic)
  const values = new Map<string, unknown>()
  const mode = settings.text('pk.mode')
  const deletes = record.value === null || record.value.value === null
  if (deletes && !settings.flag('delete.enabled'))
    throw new DataError(`Sink connector is configured with 'delete.enabled=false' and 'pk.mode=${mode}' and therefore requires records with a non-null Struct value and non-null Struct schema, but found a record with a null value`) // biome-ignore format: one line
  const value = deletes ? null : structOf(record.value!, 'value')
  const key = keyOf(record, value, settings, at)
  for (const { name, schema, value: cell } of key) values.set(name, bind(schema, cell, name))
  const only = settings.list('fields.whitelist')
  const columns = (value?.schema.fields ?? [])
    .filter(({ field }) => !values.has(field) && (only.length === 0 || only.includes(field)))
    .map(({ field, schema }) => ({ name: field, schema }))
  for (const { name, schema } of columns) values.set(name, bind(schema, (value!.value as Struct)[name], name))
  return { table, key: key.map(({ name, schema }) => ({ name, schema })), columns, values, deletes }
}

function structOf(data: Data, what: string): { schema: Schema; value: Struct } {
  if (data.schema?.type !== 'struct')
    throw new DataError(`requires records with a non-null Struct ${what} and non-null Struct schema, but found ${data.schema ? `a ${data.schema.type}` : 'no schema'}`) // biome-ignore format: one line
  return { schema: data.schema, value: data.value as Struct }
}

type KeyColumn = RowColumn & { value: unknown }

function keyOf(record: ConnectRecord, value: { schema: Schema; value: Struct } | null, settings: Settings, at: Position): KeyColumn[] {
  const [mode, fields] = [settings.text('pk.mode'), settings.list('pk.fields')]
  if (mode === 'none') return []
  if (mode === 'kafka') {
    const [topic = '__connect_topic', partition = '__connect_partition', offset = '__connect_offset'] = fields
    return [
      { name: topic, schema: { type: 'string', optional: false }, value: at.topic },
      { name: partition, schema: { type: 'int32', optional: false }, value: at.partition },
      { name: offset, schema: { type: 'int64', optional: false }, value: BigInt(at.offset) },
    ]
  }
  const from = mode === 'record_key' ? record.key : value
  if (!from?.schema || from.value === null) throw new DataError(`pk.mode=${mode} requires a record ${mode === 'record_key' ? 'key' : 'value'} with a schema, and this one has none`) // biome-ignore format: one line
  if (from.schema.type !== 'struct') {
    if (fields.length !== 1) throw new DataError('Need exactly one PK column defined (pk.fields) since the key schema is a primitive type')
    return [{ name: fields[0]!, schema: from.schema, value: from.value }]
  }
  const names = fields.length > 0 ? fields : from.schema.fields!.map(({ field }) => field)
  return names.map(name => {
    const found = from.schema!.fields!.find(({ field }) => field === name)
    if (!found) throw new DataError(`PK mode is ${mode} with configured PK fields ${names.join(', ')}, but the schema does not contain field: ${name}`) // biome-ignore format: one line
    return { name, schema: found.schema, value: (from.value as Struct)[name] }
  })
}

const date = (millis: number) => new Date(millis).toISOString()

/** A value as a parameter of a statement. */
function bind(schema: Schema, value: unknown, name: string): unknown {
  if (value === null || value === undefined) return null
  switch (schema.name) {
    case DECIMAL:
      return decimalText(fromTwosComplement(value as Buffer), Number(schema.parameters?.['scale'] ?? 0))
    case 'io.debezium.data.VariableScaleDecimal': {
      const { scale, value: bytes } = value as { scale: number; value: Buffer }
      return decimalText(fromTwosComplement(bytes), scale)
    }
    case DATE:
    case 'io.debezium.time.Date':
      return date((value as number) * 86_400_000).slice(0, 10)
    case TIME:
    case 'io.debezium.time.Time':
      return date(value as number).slice(11, 23)
    case 'io.debezium.time.MicroTime':
      return `${date(Number((value as bigint) / 1000n)).slice(11, 23)}${String((value as bigint) % 1000n).padStart(3, '0')}`
    case TIMESTAMP:
    case 'io.debezium.time.Timestamp':
      return date(Number(value as bigint))
    case 'io.debezium.time.MicroTimestamp': {
      const micros = value as bigint
      const rest = ((micros % 1000n) + 1000n) % 1000n
      return date(Number((micros - rest) / 1000n)).replace('Z', `${String(rest).padStart(3, '0')}Z`)
    }
  }
  if (schema.type === 'struct' || schema.type === 'map')
    throw new DataError(`field '${name}' is of the unsupported type ${schema.type.toUpperCase()}. Events of Debezium are flattened by transforms.unwrap.type=io.debezium.transforms.ExtractNewRecordState`) // biome-ignore format: one line
  return typeof value === 'bigint' ? String(value) : value
}

const TYPES: Partial<Record<Schema['type'], string>> = {
  int8: 'smallint',
  int16: 'smallint',
  int32: 'integer',
  int64: 'bigint',
  float: 'real',
  double: 'double precision',
  boolean: 'boolean',
  string: 'text',
  bytes: 'bytea',
}
const NAMED: Record<string, string> = {
  [DECIMAL]: 'numeric',
  'io.debezium.data.VariableScaleDecimal': 'numeric',
  [DATE]: 'date',
  'io.debezium.time.Date': 'date',
  [TIME]: 'time',
  'io.debezium.time.Time': 'time',
  'io.debezium.time.MicroTime': 'time',
  [TIMESTAMP]: 'timestamp',
  'io.debezium.time.Timestamp': 'timestamp',
  'io.debezium.time.MicroTimestamp': 'timestamp',
  'io.debezium.time.ZonedTimestamp': 'timestamptz',
  'io.debezium.data.Json': 'jsonb',
  'io.debezium.data.Uuid': 'uuid',
}

/** The type of a column that is made for such values. */
export const columnType = (schema: Schema): string =>
  NAMED[schema.name ?? ''] ?? (schema.type === 'array' ? `${columnType(schema.items!)}[]` : (TYPES[schema.type] ?? 'jsonb'))
