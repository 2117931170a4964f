import type { Condition } from '../data/conditions.ts'
import type { InputRow } from '../data/rows.ts'
import { DeltaError } from '../errors.ts'
import type { PhysicalRow } from '../parquet/read.ts'
import type { Schema } from '../schema/types.ts'
import { codecOf } from '../values/codec.ts'
import { compare, type Physical } from '../values/compare.ts'
import type { Rows } from './write.ts'

/** The rows to merge, by key. */
export interface MergeSource {
  readonly rows: ReadonlyMap<string, InputRow>
  /** The key of a row of the table; undefined where a part of it is null, which equals nothing. */
  keyOf(row: PhysicalRow): string | undefined
  /** True of every row of the table that can have one of the keys. */
  readonly range: readonly Condition[]
}

/** Reads the source into memory. Throws `DELTA_DUPLICATE_MERGE_KEY`, and `DELTA_VALUE_NOT_ALLOWED` for a key that is null or not of its type. */
export async function readSource(
  rows: Rows,
  on: readonly string[],
  schema: Schema,
  partitionColumns: readonly string[],
): Promise<MergeSource> {
  const columns = on.map(name => {
    const field = schema.fields.find(field => field.name === name)
    if (!field || field.type === 'binary')
      throw new DeltaError(
        'DELTA_INVALID_ARGUMENT',
        `To merge on ${name}: ${field ? 'bytes are no key here' : 'the table has no such column'}.`,
      )
    return {
      name,
      codec: codecOf(field.type, name),
      partition: partitionColumns.includes(name),
      min: undefined as Physical | undefined,
      max: undefined as Physical | undefined,
    }
  })
  if (columns.length === 0) throw new DeltaError('DELTA_INVALID_ARGUMENT', 'A merge needs at least one key column in `on`.')
  const text = (parts: readonly (Physical | null | undefined)[]): string | undefined =>
    parts.some(part => part === null || part === undefined)
      ? undefined
      : JSON.stringify(parts.map((part, index) => columns[index]!.codec.toText(part!)))

  const byKey = new Map<string, InputRow>()
  let index = 0
  for await (const row of rows) {
    const parts = columns.map(column => {
      const given = row[column.name] ?? null
      try {
        if (given === null || (column.partition && given === '')) throw new RangeError('is null, and null equals no key')
        const value = column.codec.toPhysical(given)
        if (column.min === undefined || compare(value, column.min) < 0) column.min = value
        if (column.max === undefined || compare(value, column.max) > 0) column.max = value
        return value
      } catch (cause) {
        throw new DeltaError('DELTA_VALUE_NOT_ALLOWED', `Row ${index}, key ${column.name}: ${String(given)} ${(cause as Error).message}.`, {
          cause,
        })
      }
    })
    const key = text(parts)!
    if (byKey.has(key)) throw new DeltaError('DELTA_DUPLICATE_MERGE_KEY', `Row ${index} has the key ${key}, as a row before it has.`)
    byKey.set(key, row)
    index++
  }
  const range = columns.flatMap(({ name, codec, min, max }): Condition[] =>
    min === undefined || max === undefined
      ? []
      : [
          { column: name, op: '>=', value: codec.fromPhysical(min) },
          { column: name, op: '<=', value: codec.fromPhysical(max) },
        ],
  )
  return { rows: byKey, keyOf: row => text(columns.map(({ name }) => row[name])), range }
}
