import { type Condition, Conditions } from '../data/conditions.ts'
import { type Row, rowWriter } from '../data/rows.ts'
import { readFile } from '../data/scan.ts'
import type { Add } from '../log/actions.ts'
import type { Snapshot } from '../log/snapshot.ts'
import { fileKey } from '../log/state.ts'
import type { PhysicalRow } from '../parquet/read.ts'
import { checkNotAppendOnly, NOTHING, type OperationOptions, type Planned, removeOf, writerFor, writing } from './context.ts'

/** Which rows: conditions that hold together, which spare files that cannot have such rows; or any function, which reads them all. */
export type Predicate = readonly Condition[] | ((row: Row) => boolean)

/** Takes rows out: whole files where all their rows go, else the file is written anew without them (copy-on-write). */
export async function planDelete(snapshot: Snapshot, predicate: Predicate, options: OperationOptions): Promise<Planned> {
  checkNotAppendOnly(snapshot)
  const { schema, metadata } = snapshot
  const conditions = new Conditions(typeof predicate === 'function' ? [] : predicate, schema, metadata.partitionColumns)
  const toRow = rowWriter(schema.fields)
  const goes = typeof predicate === 'function' ? (row: PhysicalRow) => predicate(toRow(row)) : (row: PhysicalRow) => conditions.matches(row)
  const needed = typeof predicate === 'function' ? undefined : new Set(conditions.columns)
  const byPartition = typeof predicate !== 'function' && conditions.onPartitionsOnly
  const candidates = snapshot.files.filter(file => conditions.mayMatch(file))

  const writer = writerFor(snapshot, options)
  const removed: Add[] = []
  const metrics = { rowsDeleted: 0, rowsCopied: 0, filesRemoved: 0 }
  const adds = await writing(writer, async () => {
    for (const file of candidates) {
      const { going, total } = byPartition ? { going: 1, total: 1 } : await count(snapshot, file, goes, needed)
      if (going === 0) continue
      removed.push(file)
      if (!byPartition) metrics.rowsDeleted += going
      if (going === total) continue
      metrics.rowsCopied += total - going
      for await (const rows of readFile(snapshot, file)) for (const row of rows) if (!goes(row)) await writer.write(row)
    }
    return await writer.finish()
  })
  metrics.filesRemoved = removed.length
  const parameters = { predicate: typeof predicate === 'function' ? 'function' : predicate }
  const actions = [...removed.map(file => ({ remove: removeOf(file) })), ...adds.map(add => ({ add }))]
  const reads = { ...NOTHING, files: new Set(candidates.map(({ path }) => fileKey(path))), rows: conditions }
  return { writer, metrics, plan: { operation: 'DELETE', parameters, actions, reads } }
}

async function count(snapshot: Snapshot, file: Add, goes: (row: PhysicalRow) => boolean, columns: ReadonlySet<string> | undefined) {
  let [going, total] = [0, 0]
  for await (const rows of readFile(snapshot, file, columns)) {
    total += rows.length
    for (const row of rows) if (goes(row)) going++
  }
  return { going, total }
}
