import { DeltaError } from '../errors.ts'
import type { Add } from '../log/actions.ts'
import type { Snapshot } from '../log/snapshot.ts'
import { type PhysicalRow, readRows } from '../parquet/read.ts'
import { type Condition, Conditions } from './conditions.ts'
import { fromLogPath, fromPartitionValue } from './partition.ts'
import { type Row, rowWriter } from './rows.ts'

export interface ScanOptions {
  /** Which columns, in this order; all by default. */
  readonly columns?: readonly string[]
  /** Conditions that a row meets together; files that cannot have such a row are not read. */
  readonly where?: readonly Condition[]
}

/** The rows of one file, its partition's values and columns it does not have filled in. Some ten thousand rows at a time. */
export async function* readFile(snapshot: Snapshot, file: Add, columns?: ReadonlySet<string>): AsyncGenerator<PhysicalRow[]> {
  const { partitionColumns } = snapshot.metadata
  const wanted = snapshot.schema.fields.filter(({ name }) => columns?.has(name) ?? true)
  const stored = wanted.filter(({ name }) => !partitionColumns.includes(name))
  const fixed = wanted
    .filter(({ name }) => partitionColumns.includes(name))
    .map(field => [field.name, fromPartitionValue(field, file.partitionValues[field.name])] as const)
  for await (const rows of readRows(snapshot.store, fromLogPath(file.path), file.size, stored)) {
    for (const row of rows) for (const [name, value] of fixed) row[name] = value
    yield rows
  }
}

/** The rows of a snapshot. Throws `DELTA_INVALID_ARGUMENT` and the errors of reading a file. */
export async function* scan(snapshot: Snapshot, options: ScanOptions = {}): AsyncGenerator<Row> {
  const { schema, metadata } = snapshot
  const conditions = new Conditions(options.where ?? [], schema, metadata.partitionColumns)
  const names = options.columns ?? schema.fields.map(({ name }) => name)
  const fields = names.map(name => {
    const field = schema.fields.find(field => field.name === name)
    if (!field) throw new DeltaError('DELTA_INVALID_ARGUMENT', `The table has no column ${name}.`)
    return field
  })
  const needed = new Set([...names, ...conditions.columns])
  const toRow = rowWriter(fields)
  for (const file of snapshot.files) {
    if (!conditions.mayMatch(file)) continue
    for await (const rows of readFile(snapshot, file, needed)) for (const row of rows) if (conditions.matches(row)) yield toRow(row)
  }
}
