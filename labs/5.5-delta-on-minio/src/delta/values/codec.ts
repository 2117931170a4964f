import type { SchemaElement } from 'hyparquet'
import { DeltaError } from '../errors.ts'
import { type DataType, decimalOf } from '../schema/types.ts'
import type { Physical } from './compare.ts'
import { bytesOfPrecision, fromTwosComplement, fromUnscaled, toUnscaled } from './decimal.ts'
import { checkDays, checkMicros, fromDays, fromMicros, toDays, toMicros } from './time.ts'

/** A value as rows carry it: long is bigint; decimal, date and timestamp are text ('1.50', '2024-01-31', '2024-01-31T12:00:00.000000Z'). */
export type Value = string | number | bigint | boolean | Uint8Array | null

/** How the values of one type are checked, kept, compared and written as text. */
export interface Codec {
  /** The column's element in a Parquet file (protocol: Delta Data Type to Parquet Type Mappings). */
  readonly element: Pick<SchemaElement, 'type' | 'type_length' | 'converted_type' | 'logical_type' | 'precision' | 'scale'>
  /** From what a caller gives. Throws `RangeError`, its message a predicate: 'is not …'. */
  toPhysical(value: unknown): Physical
  fromPhysical(physical: Physical): Value
  /** From what the Parquet reader gives; see parquet/read.ts. */
  fromParquet(raw: unknown): Physical
  /** As partition value and, where the type has bounds, in statistics. */
  toText(physical: Physical): string
  fromText(text: string): Physical
  /** How minValues and maxValues keep it; `none` has no bounds, as in Spark. */
  readonly bounds: 'number' | 'text' | 'none'
}

const whole = (name: string, bits: 8 | 16 | 32, converted: 'INT_8' | 'INT_16' | undefined): Codec => {
  const limit = 2 ** (bits - 1)
  const check = (value: unknown): number => {
    const number = typeof value === 'bigint' ? Number(value) : value
    if (!Number.isInteger(number) || (number as number) < -limit || (number as number) >= limit)
      throw new RangeError(`is not ${name} from ${-limit} to ${limit - 1}`)
    return number as number
  }
  return {
    element: { type: 'INT32', ...(converted ? { converted_type: converted } : {}) },
    toPhysical: check,
    fromPhysical: physical => physical as number,
    fromParquet: raw => Number(raw),
    toText: String,
    fromText: text => check(numeric(text)),
    bounds: 'number',
  }
}

const floating = (type: 'FLOAT' | 'DOUBLE'): Codec => {
  const check = (value: unknown): number => {
    if (typeof value !== 'number') throw new RangeError('is not a number')
    return type === 'FLOAT' ? Math.fround(value) : value
  }
  return {
    element: { type },
    toPhysical: check,
    fromPhysical: physical => physical as number,
    fromParquet: raw => raw as number,
    toText: String,
    fromText: text => check(numeric(text)),
    bounds: 'number',
  }
}

function numeric(text: string): number {
  const number = Number(text)
  if (text.trim() === '' || (Number.isNaN(number) && text !== 'NaN')) throw new RangeError('is not a number')
  return number
}

const long: Codec = {
  element: { type: 'INT64' },
  toPhysical(value) {
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) throw new RangeError('is neither a bigint nor a safe whole number')
    const number = BigInt(value as bigint | number)
    if (BigInt.asIntN(64, number) !== number) throw new RangeError('does not fit 64 bits')
    return number
  },
  fromPhysical: physical => physical as bigint,
  fromParquet: raw => BigInt(raw as bigint),
  toText: String,
  fromText(text) {
    if (!/^[+-]?\d{1,20}$/.test(text)) throw new RangeError('is not a whole number')
    return long.toPhysical(BigInt(text))
  },
  bounds: 'number',
}

const decimal = (precision: number, scale: number): Codec => ({
  element: {
    ...(precision <= 9
      ? { type: 'INT32' as const }
      : precision <= 18
        ? { type: 'INT64' as const }
        : { type: 'FIXED_LEN_BYTE_ARRAY' as const, type_length: bytesOfPrecision(precision) }),
    converted_type: 'DECIMAL',
    logical_type: { type: 'DECIMAL', precision, scale },
    precision,
    scale,
  },
  toPhysical: value => toUnscaled(value, precision, scale),
  fromPhysical: physical => fromUnscaled(physical as bigint, scale),
  fromParquet: raw => (raw instanceof Uint8Array ? fromTwosComplement(raw) : BigInt(raw as bigint)),
  toText: physical => fromUnscaled(physical as bigint, scale),
  fromText: text => toUnscaled(text, precision, scale),
  bounds: 'number',
})

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const string: Codec = {
  element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  toPhysical(value) {
    if (typeof value !== 'string') throw new RangeError('is not a string')
    if (!value.isWellFormed()) throw new RangeError('has half a surrogate pair, which UTF-8 cannot carry')
    return value
  },
  fromPhysical: physical => physical as string,
  fromParquet: raw => (raw instanceof Uint8Array ? utf8.decode(raw) : (raw as string)),
  toText: String,
  fromText: text => text,
  bounds: 'text',
}

const binary: Codec = {
  element: { type: 'BYTE_ARRAY' },
  toPhysical(value) {
    if (!(value instanceof Uint8Array)) throw new RangeError('is not a Uint8Array')
    return value
  },
  fromPhysical: physical => physical as Uint8Array,
  fromParquet: raw => (typeof raw === 'string' ? Buffer.from(raw) : (raw as Uint8Array)),
  toText: () => '',
  fromText: text => Buffer.from(text, 'latin1'),
  bounds: 'none',
}

const boolean: Codec = {
  element: { type: 'BOOLEAN' },
  toPhysical(value) {
    if (typeof value !== 'boolean') throw new RangeError('is not true or false')
    return value
  },
  fromPhysical: physical => physical as boolean,
  fromParquet: raw => Boolean(raw),
  toText: String,
  fromText(text) {
    if (!/^(true|false)$/i.test(text)) throw new RangeError('is not true or false')
    return text.toLowerCase() === 'true'
  },
  bounds: 'none',
}

const date: Codec = {
  element: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
  toPhysical: toDays,
  fromPhysical: physical => fromDays(physical as number),
  fromParquet: raw => checkDays(raw as number),
  toText: physical => fromDays(physical as number),
  fromText: toDays,
  bounds: 'text',
}

const timestamp: Codec = {
  element: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  toPhysical: toMicros,
  fromPhysical: physical => fromMicros(physical as bigint),
  fromParquet: raw => checkMicros(raw as bigint),
  toText: physical => fromMicros(physical as bigint),
  fromText: toMicros,
  bounds: 'text',
}

const CODECS: Readonly<Record<string, Codec>> = {
  string,
  long,
  integer: whole('an integer', 32, undefined),
  short: whole('a short', 16, 'INT_16'),
  byte: whole('a byte', 8, 'INT_8'),
  float: floating('FLOAT'),
  double: floating('DOUBLE'),
  boolean,
  binary,
  date,
  timestamp,
}

/** The codec of a type. Throws `DELTA_UNSUPPORTED_TYPE` for nested and unknown ones, naming the column. */
export function codecOf(type: DataType, columnName: string): Codec {
  const shape = decimalOf(type)
  if (shape) return decimal(shape.precision, shape.scale)
  const codec = typeof type === 'string' && Object.hasOwn(CODECS, type) ? CODECS[type] : undefined
  if (!codec) throw new DeltaError('DELTA_UNSUPPORTED_TYPE', `Column ${columnName} has the type ${JSON.stringify(type).slice(0, 200)}.`)
  return codec
}
