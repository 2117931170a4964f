/** How a column's type is represented: Debezium's schema names and values. */
import type { Settings } from '../../config/definition.ts'
import { DATE, DECIMAL, type Schema, simple, struct, TIME, TIMESTAMP, toTwosComplement, unscaled } from '../../data/schema.ts'
import { days, intervalMicros, micros, microsOfDay, zoned } from './times.ts'

/** A type, domains resolved. */
export interface ColumnType {
  /** pg_type.typname of the base type; of an array's element, with `array` set. */
  name: string
  typmod: number
  array: boolean
  /** Labels of an enum. */
  labels?: string[]
}

export interface Representation {
  /** Not optional; the table says whether the column is. */
  schema: Schema
  convert(text: string): unknown
  /** Stands for NULL where the schema demands a value (the unknown columns of a deleted row). */
  zero: unknown
}

const of = (schema: Schema, zero: unknown, convert: (text: string) => unknown): Representation => ({ schema, zero, convert })
const text = (name?: string, convert: (text: string) => string = value => value) =>
  of(simple('string', name ? { name, version: 1 } : {}), '', convert)
const semantic = (type: Schema['type'], name: string) => simple(type, { name, version: 1 })
const TEXTS = ['text', 'varchar', 'bpchar', 'name', 'citext', 'inet', 'cidr', 'macaddr', 'macaddr8', 'int4range', 'int8range', 'numrange', 'tsrange', 'tstzrange', 'daterange'] // biome-ignore format: one line

/** undefined: a type that is left out. */
export function represent(type: ColumnType, settings: Settings): Representation | undefined {
  if (type.array) {
    const item = represent({ ...type, array: false }, settings)
    if (!item) return undefined
    const schema: Schema = { type: 'array', optional: false, items: { ...item.schema, optional: true } }
    return of(schema, [], value => parseArray(value).map(part => (part === null ? null : item.convert(part))))
  }
  if (type.labels)
    return of(simple('string', { name: 'io.debezium.data.Enum', version: 1, parameters: { allowed: type.labels.join(',') } }), '', value => value) // biome-ignore format: one line
  if (TEXTS.includes(type.name)) return text()
  const [millis, connect] = [fraction(type.typmod) <= 3, settings.text('time.precision.mode') === 'connect']
  switch (type.name) {
    case 'bool':
      return of(simple('boolean'), false, value => value === 't')
    case 'int2':
      return of(simple('int16'), 0, Number)
    case 'int4':
      return of(simple('int32'), 0, Number)
    case 'int8':
    case 'oid':
      return of(simple('int64'), 0n, BigInt)
    case 'float4':
      return of(simple('float'), 0, Number)
    case 'float8':
      return of(simple('double'), 0, Number)
    case 'numeric':
      return numeric(type.typmod, settings.text('decimal.handling.mode'))
    case 'bytea':
      return binary(settings.text('binary.handling.mode'))
    case 'uuid':
      return text('io.debezium.data.Uuid')
    case 'json':
    case 'jsonb':
      return text('io.debezium.data.Json')
    case 'xml':
      return text('io.debezium.data.Xml')
    case 'bit':
    case 'varbit':
      if (type.name === 'bit' && type.typmod === 1) return of(simple('boolean'), false, value => value === '1')
      return of(simple('bytes', { name: 'io.debezium.data.Bits', version: 1, parameters: { length: String(type.typmod) } }), Buffer.alloc(0), bits) // biome-ignore format: one line
    case 'date':
      return of(connect ? semantic('int32', DATE) : semantic('int32', 'io.debezium.time.Date'), 0, days)
    case 'time':
      if (connect) return of(semantic('int32', TIME), 0, value => Number(microsOfDay(value) / 1000n))
      if (millis && settings.text('time.precision.mode') === 'adaptive')
        return of(semantic('int32', 'io.debezium.time.Time'), 0, value => Number(microsOfDay(value) / 1000n))
      return of(semantic('int64', 'io.debezium.time.MicroTime'), 0n, microsOfDay)
    case 'timetz':
      return text('io.debezium.time.ZonedTime', value => value.replace(/\+00$/, 'Z'))
    case 'timestamp':
      if (connect) return of(semantic('int64', TIMESTAMP), 0n, value => micros(value) / 1000n)
      if (millis) return of(semantic('int64', 'io.debezium.time.Timestamp'), 0n, value => micros(value) / 1000n)
      return of(semantic('int64', 'io.debezium.time.MicroTimestamp'), 0n, micros)
    case 'timestamptz':
      return text('io.debezium.time.ZonedTimestamp', zoned)
    case 'interval':
      if (settings.text('interval.handling.mode') === 'string') return text('io.debezium.time.Interval')
      return of(semantic('int64', 'io.debezium.time.MicroDuration'), 0n, intervalMicros)
    default:
      if (!settings.flag('include.unknown.datatypes')) return undefined
      return of(simple('bytes'), Buffer.alloc(0), value => Buffer.from(value))
  }
}

/** Digits after the second: six where the column does not say. */
const fraction = (typmod: number) => (typmod < 0 ? 6 : typmod)

/** The modifier of numeric(p, s) is ((p << 16) | (s & 2047)) + 4. */
function numeric(typmod: number, mode: string): Representation {
  if (mode === 'string') return text()
  if (mode === 'double') return of(simple('double'), 0, Number)
  if (typmod < 4) {
    const variable = struct('io.debezium.data.VariableScaleDecimal', { scale: simple('int32'), value: simple('bytes') }, { version: 1 })
    return of(variable, { scale: 0, value: Buffer.from([0]) }, value => {
      const scale = /\.(\d+)/.exec(value)?.[1]?.length ?? 0
      return { scale, value: toTwosComplement(unscaled(value, scale)) }
    })
  }
  const precision = (typmod - 4) >> 16
  const scale = (((typmod - 4) & 2047) ^ 1024) - 1024
  const parameters = { scale: String(scale), 'connect.decimal.precision': String(precision) }
  const schema = simple('bytes', { name: DECIMAL, version: 1, parameters })
  return of(schema, Buffer.from([0]), value => toTwosComplement(unscaled(value, scale)))
}

function binary(mode: string): Representation {
  const bytes = (value: string) => Buffer.from(value.slice(2), 'hex')
  if (mode === 'bytes') return of(simple('bytes'), Buffer.alloc(0), bytes)
  const encoding = mode === 'hex' ? 'hex' : mode === 'base64' ? 'base64' : 'base64url'
  return text(undefined, value => bytes(value).toString(encoding))
}

/** Least significant byte first, as Debezium's Bits. */
const bits = (value: string): Buffer =>
  Buffer.from(BigInt(`0b${value || '0'}`).toString(16).padStart(2 * Math.ceil(value.length / 8), '0'), 'hex').reverse() // biome-ignore format: one line

/** One-dimensional `{a,"b c",NULL}`. */
function parseArray(value: string): (string | null)[] {
  const items: (string | null)[] = []
  for (const [, quotedItem, plain] of value.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,{}"]+)/g))
    items.push(quotedItem === undefined ? (plain === 'NULL' ? null : (plain ?? '')) : quotedItem.replace(/\\(.)/g, '$1'))
  return items
}
