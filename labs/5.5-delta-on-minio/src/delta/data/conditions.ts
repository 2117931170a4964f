import { DeltaError } from '../errors.ts'
import type { Add } from '../log/actions.ts'
import type { Field, Schema } from '../schema/types.ts'
import { codecOf } from '../values/codec.ts'
import { compare, type Physical } from '../values/compare.ts'
import { fromPartitionValue } from './partition.ts'
import { statsOf } from './stats.ts'

/** One comparison of a column; as in SQL it is not true of null. */
export type Condition =
  | { readonly column: string; readonly op: '=' | '!=' | '<' | '<=' | '>' | '>='; readonly value: unknown }
  | { readonly column: string; readonly op: 'in'; readonly value: readonly unknown[] }
  | { readonly column: string; readonly op: 'is null' | 'is not null' }

interface Compiled {
  readonly field: Field
  readonly op: Condition['op']
  readonly values: readonly Physical[]
}

/** Conditions that hold together (AND), made ready for one schema. */
export class Conditions {
  readonly #schema: Schema
  readonly #partitionColumns: readonly string[]
  readonly #all: readonly Compiled[]

  /** Throws `DELTA_INVALID_ARGUMENT` for a column that is not there and a value that is not of its type. */
  constructor(conditions: readonly Condition[], schema: Schema, partitionColumns: readonly string[]) {
    this.#schema = schema
    this.#partitionColumns = partitionColumns
    this.#all = conditions.map(condition => compile(condition, schema))
  }

  get columns(): readonly string[] {
    return this.#all.map(({ field }) => field.name)
  }

  /** Whether partition values alone decide. */
  get onPartitionsOnly(): boolean {
    return this.columns.every(name => this.#partitionColumns.includes(name))
  }

  /** Whether a row meets all of them. */
  matches(row: Readonly<Record<string, Physical | null>>): boolean {
    return this.#all.every(({ field, op, values }) => holds(row[field.name] ?? null, op, values))
  }

  /** Whether a file may have a row that meets them: false only where partition values or statistics exclude it. */
  mayMatch(file: Add): boolean {
    return this.#all.every(condition => {
      const { field, op, values } = condition
      if (this.#partitionColumns.includes(field.name)) return holds(fromPartitionValue(field, file.partitionValues[field.name]), op, values)
      return mayHold(condition, file, this.#schema)
    })
  }
}

function compile(condition: Condition, schema: Schema): Compiled {
  const field = schema.fields.find(({ name }) => name === condition.column)
  if (!field)
    throw new DeltaError('DELTA_INVALID_ARGUMENT', `A condition names the column ${condition.column}, which the table does not have.`)
  const codec = codecOf(field.type, field.name)
  const given = 'value' in condition ? (condition.op === 'in' ? condition.value : [condition.value]) : []
  try {
    return { field, op: condition.op, values: given.map(value => codec.toPhysical(value)) }
  } catch (cause) {
    throw new DeltaError('DELTA_INVALID_ARGUMENT', `The value in the condition on ${field.name} ${(cause as Error).message}.`, { cause })
  }
}

function holds(value: Physical | null, op: Condition['op'], values: readonly Physical[]): boolean {
  if (op === 'is null') return value === null
  if (value === null) return false
  if (op === 'is not null') return true
  if (op === 'in') return values.some(other => compare(value, other) === 0)
  const order = compare(value, values[0]!)
  if (op === '=') return order === 0
  if (op === '!=') return order !== 0
  if (op === '<') return order < 0
  if (op === '<=') return order <= 0
  return op === '>' ? order > 0 : order >= 0
}

function mayHold({ field, op, values }: Compiled, file: Add, schema: Schema): boolean {
  const stats = statsOf(file, schema.fields)
  const { nullCount, min, max } = stats.columns.get(field.name) ?? {}
  if (op === 'is null') return nullCount !== 0
  if (nullCount !== undefined && nullCount === stats.numRecords) return false
  if (op === 'is not null' || op === '!=') return true
  const below = (value: Physical, orEqual: boolean) => min === undefined || compare(min, value) < (orEqual ? 1 : 0)
  const above = (value: Physical, orEqual: boolean) => max === undefined || compare(max, value) > (orEqual ? -1 : 0)
  if (op === '<' || op === '<=') return below(values[0]!, op === '<=')
  if (op === '>' || op === '>=') return above(values[0]!, op === '>=')
  return values.some(value => below(value, true) && above(value, true))
}
