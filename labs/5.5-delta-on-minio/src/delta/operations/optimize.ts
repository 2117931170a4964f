import { type Condition, Conditions } from '../data/conditions.ts'
import { readFile } from '../data/scan.ts'
import { DeltaError } from '../errors.ts'
import type { Add } from '../log/actions.ts'
import type { Snapshot } from '../log/snapshot.ts'
import { fileKey } from '../log/state.ts'
import { NOTHING, type OperationOptions, type Planned, removeOf, writerFor, writing } from './context.ts'

export interface OptimizeOptions {
  /** Only the partitions that meet these. */
  readonly where?: readonly Condition[]
}

/** Writes small files of one partition together. No row changes: every action says dataChange false, and appends do not conflict. */
export async function planOptimize(snapshot: Snapshot, optimize: OptimizeOptions, options: OperationOptions): Promise<Planned> {
  const conditions = new Conditions(optimize.where ?? [], snapshot.schema, snapshot.metadata.partitionColumns)
  if (!conditions.onPartitionsOnly)
    throw new DeltaError('DELTA_INVALID_ARGUMENT', 'OPTIMIZE takes whole partitions: its conditions name partition columns only.')
  const small = snapshot.files.filter(file => file.size < options.targetBytes && conditions.mayMatch(file))
  const removed = bins(small, options.targetBytes).flat()
  const writer = writerFor(snapshot, options, false)
  const adds = await writing(writer, async () => {
    for (const file of removed) for await (const rows of readFile(snapshot, file)) for (const row of rows) await writer.write(row)
    return await writer.finish()
  })
  const actions = [...removed.map(file => ({ remove: removeOf(file, false) })), ...adds.map(add => ({ add }))]
  const reads = { ...NOTHING, files: new Set(removed.map(({ path }) => fileKey(path))) }
  const metrics = { filesRemoved: removed.length, filesAdded: adds.length }
  return {
    writer,
    metrics,
    plan: { operation: 'OPTIMIZE', parameters: { predicate: optimize.where ?? [], targetSize: options.targetBytes }, actions, reads },
  }
}

/** Files of one partition, smallest first, as many as fit into one; what stays alone is left alone. */
function bins(files: readonly Add[], targetBytes: number): Add[][] {
  const partitions = Map.groupBy(files, ({ partitionValues }) => JSON.stringify(Object.entries(partitionValues).sort()))
  return [...partitions.values()].flatMap(group => {
    const packed: Add[][] = [[]]
    let bytes = 0
    for (const file of group.toSorted((a, b) => a.size - b.size)) {
      if (bytes + file.size > targetBytes && packed.at(-1)!.length > 0) {
        packed.push([])
        bytes = 0
      }
      packed.at(-1)!.push(file)
      bytes += file.size
    }
    return packed.filter(bin => bin.length > 1)
  })
}
