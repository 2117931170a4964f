import { DeltaError } from '../errors.ts'
import type { PhysicalRow } from '../parquet/read.ts'
import type { Field, Schema } from '../schema/types.ts'
import { codecOf, type Value } from '../values/codec.ts'

/** A row as callers see it; a column that is left out is null. */
export type Row = Record<string, Value>
/** A row as callers give it: also Dates, and numbers for longs and decimals, as far as nothing is lost. */
export type InputRow = Readonly<Record<string, unknown>>

/** Checks and converts rows of one schema. */
export function rowReader(schema: Schema, partitionColumns: readonly string[]): (row: InputRow) => PhysicalRow {
  const columns = schema.fields.map(field => ({
    field,
    codec: codecOf(field.type, field.name),
    partition: partitionColumns.includes(field.name),
  }))
  const names = new Set(schema.fields.map(({ name }) => name))
  let index = -1
  return row => {
    index++
    for (const name of Object.keys(row))
      if (!names.has(name))
        throw new DeltaError('DELTA_UNKNOWN_COLUMN', `Row ${index} has the column '${name}', which the table does not have.`)
    const physical: PhysicalRow = {}
    for (const { field, codec, partition } of columns) {
      const value = row[field.name] ?? null
      try {
        // The protocol has no empty partition value: it reads as null, in every client.
        const kept = value === null || (partition && value === '') ? null : codec.toPhysical(value)
        if (kept === null && !field.nullable) throw new RangeError('is null, and the column is not nullable')
        physical[field.name] = kept
      } catch (cause) {
        if (cause instanceof DeltaError) throw cause
        throw new DeltaError(
          'DELTA_VALUE_NOT_ALLOWED',
          `Row ${index}, column ${field.name}: ${shown(value)} ${(cause as Error).message}.`,
          { cause },
        )
      }
    }
    return physical
  }
}

/** The row as callers see it, with these columns in this order. */
export function rowWriter(fields: readonly Field[]): (row: PhysicalRow) => Row {
  const columns = fields.map(({ name, type }) => ({ name, codec: codecOf(type, name) }))
  return physical => {
    const row: Row = {}
    for (const { name, codec } of columns) {
      const value = physical[name]
      row[name] = value === null || value === undefined ? null : codec.fromPhysical(value)
    }
    return row
  }
}

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? `'${value}'` : String(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
