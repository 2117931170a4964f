import { type Condition, Conditions } from '../data/conditions.ts'
import { type InputRow, rowReader } from '../data/rows.ts'
import { DeltaError } from '../errors.ts'
import type { Action, Add } from '../log/actions.ts'
import type { Snapshot } from '../log/snapshot.ts'
import { fileKey } from '../log/state.ts'
import type { Field, Schema } from '../schema/types.ts'
import { withColumns } from '../schema/validate.ts'
import { checkNotAppendOnly, NOTHING, type OperationOptions, type Planned, removeOf, writerFor, writing } from './context.ts'

export type Rows = Iterable<InputRow> | AsyncIterable<InputRow>

export interface AppendOptions {
  /** Columns that these rows need and the table may not have yet: added in the same commit. */
  readonly addColumns?: readonly Field[]
}

export interface OverwriteOptions {
  /** Replace only the partitions that meet these; every new row has to meet them too. All by default. */
  readonly where?: readonly Condition[]
}

/** Adds rows. Reads nothing, so that it conflicts with changes of the schema alone. */
export async function planAppend(snapshot: Snapshot, rows: Rows, options: AppendOptions, operation: OperationOptions): Promise<Planned> {
  const schema = withColumns(snapshot.schema, options.addColumns ?? [])
  const writer = writerFor(snapshot, operation, true, schema)
  const adds = await writing(writer, () => store(snapshot, schema, rows, writer))
  const actions: Action[] = [...schemaChange(snapshot, schema), ...adds.map(add => ({ add }))]
  const parameters = { mode: 'Append', partitionBy: snapshot.metadata.partitionColumns }
  return { writer, plan: { operation: 'WRITE', parameters, actions, reads: NOTHING } }
}

/** Replaces all rows, or whole partitions. */
export async function planOverwrite(
  snapshot: Snapshot,
  rows: Rows,
  options: OverwriteOptions,
  operation: OperationOptions,
): Promise<Planned> {
  checkNotAppendOnly(snapshot)
  const conditions = new Conditions(options.where ?? [], snapshot.schema, snapshot.metadata.partitionColumns)
  if (!conditions.onPartitionsOnly)
    throw new DeltaError('DELTA_INVALID_ARGUMENT', 'An overwrite replaces whole partitions: its conditions name partition columns only.')
  const writer = writerFor(snapshot, operation)
  const adds = await writing(writer, () => store(snapshot, snapshot.schema, rows, writer))
  const outside = adds.find(add => !conditions.mayMatch(add))
  if (outside) {
    await writer.discard()
    throw new DeltaError(
      'DELTA_VALUE_NOT_ALLOWED',
      `A row is of the partition ${JSON.stringify(outside.partitionValues)}, which is not overwritten.`,
    )
  }
  const removed = snapshot.files.filter(file => conditions.mayMatch(file))
  const actions: Action[] = [...removed.map(file => ({ remove: removeOf(file) })), ...adds.map(add => ({ add }))]
  const reads = { ...NOTHING, files: new Set(removed.map(({ path }) => fileKey(path))), rows: conditions }
  return { writer, plan: { operation: 'WRITE', parameters: { mode: 'Overwrite', predicate: options.where ?? [] }, actions, reads } }
}

/** Only a change of the schema; none where the columns are there. */
export async function planAddColumns(snapshot: Snapshot, fields: readonly Field[]): Promise<Planned> {
  const schema = withColumns(snapshot.schema, fields)
  const actions = schemaChange(snapshot, schema)
  return { plan: { operation: 'ADD COLUMNS', parameters: { columns: fields }, actions, reads: NOTHING } }
}

/** The action for a schema that differs from the table's. */
export function schemaChange(snapshot: Snapshot, schema: Schema): Action[] {
  return schema === snapshot.schema ? [] : [{ metaData: { ...snapshot.metadata, schemaString: JSON.stringify(schema) } }]
}

async function store(snapshot: Snapshot, schema: Schema, rows: Rows, writer: ReturnType<typeof writerFor>): Promise<Add[]> {
  const read = rowReader(schema, snapshot.metadata.partitionColumns)
  for await (const row of rows) await writer.write(read(row))
  return await writer.finish()
}
