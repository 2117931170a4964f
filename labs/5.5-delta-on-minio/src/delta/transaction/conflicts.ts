import type { Conditions } from '../data/conditions.ts'
import { DeltaError, type DeltaErrorCode } from '../errors.ts'
import type { Action } from '../log/actions.ts'
import { fileKey } from '../log/state.ts'

/** What a transaction has seen of the table, besides its schema. */
export interface ReadSet {
  /** Files whose rows were read or that are removed. */
  readonly files: ReadonlySet<string>
  /** Rows that would have mattered: a new file that may have one of them is a conflict. Undefined: none would have. */
  readonly rows: Conditions | undefined
  /** Applications whose progress was looked up. */
  readonly appIds: ReadonlySet<string>
}

/** Serializable: as if writers had come one after the other. WriteSerializable lets blind appends slip in before us. */
export type Isolation = 'Serializable' | 'WriteSerializable'

/**
 * Holds a commit that has won our version against what we have read and want to change. Throws the code of the first conflict;
 * returns where ours can simply come after it. The rules are those of Delta Lake's ConflictChecker
 * (docs.delta.io, Concurrency control); blind appends and compactions conflict least.
 */
export function checkConflicts(
  winner: readonly Action[],
  winningVersion: number,
  reads: ReadSet,
  ours: readonly Action[],
  isolation: Isolation,
): void {
  const conflict = (code: DeltaErrorCode, what: string) => new DeltaError(code, `Version ${winningVersion}, written meanwhile, ${what}.`)
  if (winner.some(({ protocol }) => protocol)) throw conflict('DELTA_PROTOCOL_CHANGED', 'changes the protocol')
  if (winner.some(({ metaData }) => metaData)) throw conflict('DELTA_METADATA_CHANGED', 'changes schema or properties')
  const txn = winner.find(({ txn }) => txn && reads.appIds.has(txn.appId))?.txn
  if (txn) throw conflict('DELTA_CONCURRENT_TRANSACTION', `is by the same application ${txn.appId}`)

  const removed = new Set(ours.flatMap(({ remove }) => (remove ? [fileKey(remove.path)] : [])))
  for (const { remove } of winner) {
    if (!remove) continue
    const key = fileKey(remove.path)
    if (removed.has(key)) throw conflict('DELTA_CONCURRENT_DELETE_DELETE', `removes ${remove.path}, which this operation removes`)
    if (reads.files.has(key)) throw conflict('DELTA_CONCURRENT_DELETE_READ', `removes ${remove.path}, which this operation has read`)
  }
  const blind = winner.some(({ commitInfo }) => commitInfo?.isBlindAppend === true)
  if (!reads.rows || (blind && isolation === 'WriteSerializable')) return
  // Files that only rearrange rows hold nothing new; what they replace has been looked at above.
  const added = winner.find(({ add }) => add?.dataChange && reads.rows!.mayMatch(add))?.add
  if (added) throw conflict('DELTA_CONCURRENT_APPEND', `adds ${added.path}, which may have rows that this operation should have seen`)
}
