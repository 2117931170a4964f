import { column, type InputRow } from '../../../../labs/5.5-delta-on-minio/src/delta/index.ts'

/** A column of every type, then partition columns. */
export const EVERY_TYPE = [
  column('id', 'long', false),
  column('string', 'string'),
  column('integer', 'integer'),
  column('short', 'short'),
  column('byte', 'byte'),
  column('float', 'float'),
  column('double', 'double'),
  column('boolean', 'boolean'),
  column('binary', 'binary'),
  column('date', 'date'),
  column('timestamp', 'timestamp'),
  column('small', 'decimal(9,2)'),
  column('medium', 'decimal(18,4)'),
  column('large', 'decimal(38,10)'),
  column('region', 'string'),
  column('day', 'date'),
  column('at', 'timestamp'),
  column('share', 'decimal(10,2)'),
]
export const PARTITIONS = ['region', 'day', 'at', 'share']
const REGIONS = ['a b', 'x=y/z%41:', 'é😀', null, 'plus+and&', '#?[]{}^\'"', '__HIVE_DEFAULT', '..']
const DOUBLES = [1 / 3, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, Number.MAX_VALUE, 0.1]

/** A row with values at the edges of their types; every ninth is all null. */
export function everyType(n: number): InputRow {
  if (n % 9 === 8) return { id: n }
  const sign = n % 2 === 1 ? -1 : 1
  return {
    id: n % 4 === 0 ? 9007199254740993n + BigInt(n) : n,
    string: n % 5 === 0 ? '' : `é€😀 ${n}\n"\\\u0000`,
    integer: sign * (2 ** 31 - 1 - n),
    short: sign * (2 ** 15 - 1 - n),
    byte: sign * (n % 128),
    float: DOUBLES[(n + 1) % DOUBLES.length],
    double: DOUBLES[n % DOUBLES.length],
    boolean: n % 2 === 0,
    binary: new Uint8Array([n % 256, 255, 0]),
    date: new Date(Date.UTC(1969, 11, 25 + n)),
    timestamp: -1n * BigInt(n),
    small: `${sign * n}.25`,
    medium: `${sign * (10 ** 13 + n)}.0001`,
    large: `${BigInt(sign) * (10n ** 27n + BigInt(n))}.0000000001`,
    region: REGIONS[n % REGIONS.length],
    day: `2024-02-${28 + (n % 2)}`,
    at: '2024-01-02T05:04:05.678901+02:00',
    share: 1.5,
  }
}

/** Rows `start` to `start + count`. */
export const everyTypes = (start: number, count: number): InputRow[] =>
  Array.from({ length: count }, (_, index) => everyType(start + index))
