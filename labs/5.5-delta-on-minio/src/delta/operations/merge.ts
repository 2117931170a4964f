import { Conditions } from '../data/conditions.ts'
import { type InputRow, type Row, rowReader, rowWriter } from '../data/rows.ts'
import { readFile } from '../data/scan.ts'
import type { Add } from '../log/actions.ts'
import type { Snapshot } from '../log/snapshot.ts'
import { fileKey } from '../log/state.ts'
import type { PhysicalRow } from '../parquet/read.ts'
import type { Field } from '../schema/types.ts'
import { withColumns } from '../schema/validate.ts'
import { checkNotAppendOnly, NOTHING, type OperationOptions, type Planned, removeOf, writerFor, writing } from './context.ts'
import { type MergeSource, readSource } from './merge-source.ts'
import { type Rows, schemaChange } from './write.ts'

export interface MergeOptions {
  /** The columns of the key. */
  readonly on: readonly string[]
  /**
   * What becomes of a row whose key the source has: the new row, null to delete it, undefined to leave it. By default its
   * columns are replaced by those that the source row has. May be called more than once: it depends on its arguments alone.
   */
  readonly whenMatched?: (source: InputRow, target: Row) => InputRow | null | undefined
  /** What is inserted for a key that the table does not have; undefined for nothing. By default the source row. */
  readonly whenNotMatched?: (source: InputRow) => InputRow | undefined
  /** Columns that the rows need and the table may not have yet: added in the same commit. */
  readonly addColumns?: readonly Field[]
}

/** MERGE by key, copy-on-write: files with a row that changes are written anew, keys that are new are inserted. */
export async function planMerge(snapshot: Snapshot, source: Rows, merge: MergeOptions, options: OperationOptions): Promise<Planned> {
  checkNotAppendOnly(snapshot)
  const { partitionColumns } = snapshot.metadata
  const schema = withColumns(snapshot.schema, merge.addColumns ?? [])
  const keyed = await readSource(source, merge.on, snapshot.schema, partitionColumns)
  const range = new Conditions(keyed.range, snapshot.schema, partitionColumns)
  const candidates = keyed.rows.size === 0 ? [] : snapshot.files.filter(file => range.mayMatch(file))

  const writer = writerFor(snapshot, options, true, schema)
  const matched = new Set<string>()
  const removed: Add[] = []
  const metrics = { rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, rowsCopied: 0, filesRemoved: 0 }
  const change = changer(snapshot, keyed, merge)
  const read = rowReader(schema, partitionColumns)
  const adds = await writing(writer, async () => {
    for (const file of candidates) {
      if (!(await changes(snapshot, file, keyed, merge, change, matched))) continue
      removed.push(file)
      for await (const rows of readFile(snapshot, file)) {
        for (const row of rows) {
          const after = change(row)
          if (after === undefined) metrics.rowsCopied++
          else if (after === null) metrics.rowsDeleted++
          else metrics.rowsUpdated++
          if (after !== null) await writer.write(after === undefined ? row : read(after))
        }
      }
    }
    for (const [key, row] of keyed.rows) {
      const inserted = matched.has(key) ? undefined : (merge.whenNotMatched ?? (source => source))(row)
      if (!inserted) continue
      await writer.write(read(inserted))
      metrics.rowsInserted++
    }
    return await writer.finish()
  })
  metrics.filesRemoved = removed.length
  const actions = [...schemaChange(snapshot, schema), ...removed.map(file => ({ remove: removeOf(file) })), ...adds.map(add => ({ add }))]
  const reads = { ...NOTHING, files: new Set(candidates.map(({ path }) => fileKey(path))), rows: keyed.rows.size === 0 ? undefined : range }
  return { writer, metrics, plan: { operation: 'MERGE', parameters: { on: merge.on }, actions, reads } }
}

type Change = (row: PhysicalRow) => InputRow | null | undefined

function changer(snapshot: Snapshot, { rows, keyOf }: MergeSource, { whenMatched }: MergeOptions): Change {
  const toRow = rowWriter(snapshot.schema.fields)
  return row => {
    const key = keyOf(row)
    const source = key === undefined ? undefined : rows.get(key)
    if (!source) return undefined
    return whenMatched ? whenMatched(source, toRow(row)) : { ...toRow(row), ...source }
  }
}

/** Notes which keys a file has, and whether any of its rows changes. Keys alone are read where they decide. */
async function changes(
  snapshot: Snapshot,
  file: Add,
  keyed: MergeSource,
  merge: MergeOptions,
  change: Change,
  matched: Set<string>,
): Promise<boolean> {
  let changing = false
  for await (const rows of readFile(snapshot, file, merge.whenMatched ? undefined : new Set(merge.on))) {
    for (const row of rows) {
      const key = keyed.keyOf(row)
      if (key === undefined || !keyed.rows.has(key)) continue
      matched.add(key)
      if (!merge.whenMatched || change(row) !== undefined) changing = true
    }
  }
  return changing
}
