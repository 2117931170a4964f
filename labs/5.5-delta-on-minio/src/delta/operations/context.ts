import { FileWriter } from '../data/file-writer.ts'
import { DeltaError, isConflict } from '../errors.ts'
import type { Action, Add, Remove } from '../log/actions.ts'
import { checkWritable } from '../log/protocol.ts'
import type { Snapshot } from '../log/snapshot.ts'
import type { Schema } from '../schema/types.ts'
import { commit, type Plan } from '../transaction/commit.ts'
import type { Isolation } from '../transaction/conflicts.ts'

/** How a table's operations behave. */
export interface OperationOptions {
  /** Versions that others may win during one commit. */
  readonly maxAttempts: number
  /** How often an operation is planned again after a conflict. */
  readonly maxPlans: number
  /** Where a data file ends, bytes. */
  readonly targetBytes: number
}

/** A batch's name: of one application only versions above its last are written. */
export interface TxnOption {
  readonly appId: string
  readonly version: number
}

/** What became of an operation. */
export interface Outcome {
  /** The version that it made; where it changed nothing, the one it found. */
  readonly version: number
  /** False where the batch (`txn`) had been written before, or nothing was to be done. */
  readonly committed: boolean
  /** What was counted, such as `rowsUpdated`; also in the commit, as operationMetrics. */
  readonly metrics?: Metrics
}

export type Metrics = Readonly<Record<string, number>>

/** A plan, and the files that it has stored for it. */
export interface Planned {
  readonly plan: Plan
  readonly writer?: FileWriter
  readonly metrics?: Metrics
}

/**
 * Plans an operation on the newest snapshot and commits it; after a conflict it is planned again from what is true now.
 * A `txn` that is in the log already makes it a no-op, also when it got there while we were planning.
 */
export async function run(
  newest: () => Promise<Snapshot>,
  options: OperationOptions,
  txn: TxnOption | undefined,
  makePlan: (snapshot: Snapshot) => Promise<Planned>,
): Promise<Outcome> {
  if (txn && (txn.appId === '' || !Number.isSafeInteger(txn.version)))
    throw new DeltaError(
      'DELTA_INVALID_ARGUMENT',
      `A txn has an appId and a whole number as version, not '${txn.appId}' and ${txn.version}.`,
    )
  for (let plans = 1; ; plans++) {
    const snapshot = await newest()
    checkWritable(snapshot.protocol, snapshot.metadata, snapshot.schema, snapshot.store.url)
    if (txn && (snapshot.state.txns.get(txn.appId)?.version ?? -Infinity) >= txn.version)
      return { version: snapshot.version, committed: false }
    const { plan, writer, metrics } = await makePlan(snapshot)
    if (plan.actions.length === 0 && !txn) return { version: snapshot.version, committed: false, ...(metrics ? { metrics } : {}) }
    const named = metrics ? { ...withTxn(plan, txn), metrics } : withTxn(plan, txn)
    try {
      const version = await commit(snapshot, named, { isolation: isolationOf(snapshot), maxAttempts: options.maxAttempts })
      return { version, committed: true, ...(metrics ? { metrics } : {}) }
    } catch (error) {
      const certainlyNot = isConflict(error) || (error instanceof DeltaError && error.code === 'DELTA_MAX_COMMIT_ATTEMPTS_EXCEEDED')
      if (certainlyNot) await writer?.discard()
      if (!isConflict(error) || plans >= options.maxPlans) throw error
    }
  }
}

function withTxn(plan: Plan, txn: TxnOption | undefined): Plan {
  if (!txn) return plan
  const action: Action = { txn: { ...txn, lastUpdated: Date.now() } }
  return { ...plan, actions: [...plan.actions, action], reads: { ...plan.reads, appIds: new Set([txn.appId]) } }
}

/** By the table's property; without it the stricter one. */
const isolationOf = (snapshot: Snapshot): Isolation =>
  snapshot.property('delta.isolationLevel', 'Serializable') === 'WriteSerializable' ? 'WriteSerializable' : 'Serializable'

/** A writer of data files for a snapshot's table. */
export function writerFor(snapshot: Snapshot, options: OperationOptions, dataChange = true, schema: Schema = snapshot.schema): FileWriter {
  const indexedColumns = Number(snapshot.property('delta.dataSkippingNumIndexedCols', '32'))
  return new FileWriter(snapshot.store, {
    schema,
    partitionColumns: snapshot.metadata.partitionColumns,
    indexedColumns: Number.isInteger(indexedColumns) ? indexedColumns : 32,
    targetBytes: options.targetBytes,
    dataChange,
  })
}

/** Runs what writes files; where it throws, the files are taken away again. */
export async function writing<T>(writer: FileWriter, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    await writer.discard()
    throw error
  }
}

/** The action that takes a file out of the table. */
export function removeOf({ path, partitionValues, size }: Add, dataChange = true): Remove {
  return { path, deletionTimestamp: Date.now(), dataChange, extendedFileMetadata: true, partitionValues, size }
}

/** Throws `DELTA_CANNOT_MODIFY_APPEND_ONLY` where rows must not change. */
export function checkNotAppendOnly(snapshot: Snapshot): void {
  if (snapshot.property('delta.appendOnly', 'false').toLowerCase() === 'true')
    throw new DeltaError('DELTA_CANNOT_MODIFY_APPEND_ONLY', `${snapshot.store.url} has delta.appendOnly.`)
}

/** A read set of nothing. */
export const NOTHING = { files: new Set<string>(), rows: undefined, appIds: new Set<string>() }
