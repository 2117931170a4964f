/** Kafka Connect's data model: every value travels with its schema, whatever wire format it is written in. */

export type ConnectType =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float'
  | 'double'
  | 'boolean'
  | 'string'
  | 'bytes'
  | 'array'
  | 'map'
  | 'struct'

/** Immutable once made: converters remember what they derived from it. */
export interface Schema {
  readonly type: ConnectType
  readonly optional: boolean
  readonly name?: string
  readonly version?: number
  readonly parameters?: Readonly<Record<string, string>>
  /** Undefined: none. */
  readonly default?: unknown
  readonly fields?: readonly { readonly field: string; readonly schema: Schema }[]
  readonly items?: Schema
  readonly keys?: Schema
  readonly values?: Schema
}

/**
 * A value by its schema's type: number for int8 … int32, float and double; bigint for int64; Buffer for bytes; plain objects for struct
 * and map. Without a schema (schemaless JSON) it is whatever the JSON was.
 */
export interface Data {
  readonly schema: Schema | null
  readonly value: unknown
}

export type Struct = Record<string, unknown>

/** One message on its way through a connector. */
export interface ConnectRecord {
  topic: string
  key: Data | null
  /** null is a tombstone. */
  value: Data | null
  headers?: Record<string, string>
}

/** A message does not fit its format or its table; `errors.tolerance=all` passes over it. */
export class DataError extends Error {}

/** The connector cannot go on as it is configured: its task fails and stays failed until it is restarted. */
export class FatalError extends Error {}

export const DECIMAL = 'org.apache.kafka.connect.data.Decimal'
export const DATE = 'org.apache.kafka.connect.data.Date'
export const TIME = 'org.apache.kafka.connect.data.Time'
export const TIMESTAMP = 'org.apache.kafka.connect.data.Timestamp'

/** A schema of a simple type. */
export const simple = (type: ConnectType, more: Partial<Schema> = {}): Schema => ({ type, optional: false, ...more })

/** The same schema, optional or not. */
export const optional = (schema: Schema, is = true): Schema => ({ ...schema, optional: is })

/** A struct's schema from its fields in order. */
export const struct = (name: string, fields: Readonly<Record<string, Schema>>, more: Partial<Schema> = {}): Schema => ({
  type: 'struct',
  optional: false,
  name,
  fields: Object.entries(fields).map(([field, schema]) => ({ field, schema })),
  ...more,
})

/** Two's complement, most significant byte first, as short as it can be: how Decimal and Avro keep an unscaled number. */
export function toTwosComplement(value: bigint): Buffer {
  let bytes = 1
  while (value >= 1n << BigInt(8 * bytes - 1) || value < -(1n << BigInt(8 * bytes - 1))) bytes++
  return Buffer.from(
    BigInt.asUintN(8 * bytes, value)
      .toString(16)
      .padStart(2 * bytes, '0'),
    'hex',
  )
}

/** The number in two's complement bytes; 0 for none. */
export const fromTwosComplement = (bytes: Buffer): bigint =>
  bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString('hex')}`))

/** "12.340" → 12340n with scale 3; rescaled by cutting or adding zeros. */
export function unscaled(text: string, scale: number): bigint {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const shift = scale - fraction.length + Number(exponent)
  const digits = BigInt(`${whole}${fraction}` || '0')
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift)
  return sign ? -value : value
}

/** 12340n with scale 3 → "12.340". */
export function decimalText(value: bigint, scale: number): string {
  if (scale <= 0) return String(value * 10n ** BigInt(-scale))
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
