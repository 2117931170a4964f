import { randomUUID } from 'node:crypto'
import { DeltaError } from '../errors.ts'
import type { Action, CommitInfo } from '../log/actions.ts'
import { formatCommit, parseCommit } from '../log/commit-file.ts'
import { commitPath } from '../log/file-names.ts'
import { readCommit, type Snapshot } from '../log/snapshot.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { checkConflicts, type Isolation, type ReadSet } from './conflicts.ts'

/** What an operation wants to commit. */
export interface Plan {
  /** As in Delta Lake's history: WRITE, DELETE, MERGE, OPTIMIZE … */
  readonly operation: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly actions: readonly Action[]
  readonly reads: ReadSet
  readonly metrics?: Readonly<Record<string, number>>
}

export interface CommitOptions {
  readonly isolation: Isolation
  /** How many versions others may win before we give up. */
  readonly maxAttempts: number
}

/**
 * Commits a plan made on a snapshot: puts the next version's file where none is yet; where another writer was first, looks
 * whether what it did touches ours, and tries the version after it. Returns the version that became ours.
 * Throws a conflict (`isConflict`: nothing was committed), `DELTA_MAX_COMMIT_ATTEMPTS_EXCEEDED` (nothing either) or
 * `DELTA_COMMIT_UNKNOWN` (the store failed at the one moment at which that leaves it open).
 */
export async function commit(snapshot: Snapshot, plan: Plan, options: CommitOptions): Promise<number> {
  const { store } = snapshot
  const txnId = randomUUID()
  const bytes = formatCommit([{ commitInfo: infoOf(snapshot, plan, txnId, options.isolation) }, ...plan.actions])
  let version = snapshot.version + 1
  for (let attempt = 1; attempt <= options.maxAttempts; attempt++) {
    if (await put(store, version, bytes, txnId)) return version
    for (;;) {
      const winner = await readCommit(store, version)
      if (!winner) break
      checkConflicts(winner, version, plan.reads, plan.actions, options.isolation)
      version++
    }
  }
  throw new DeltaError(
    'DELTA_MAX_COMMIT_ATTEMPTS_EXCEEDED',
    `Other writers to ${store.url} were faster ${options.maxAttempts} times; version ${version} was not written.`,
  )
}

/** Writes version 0. False where the table is there already. */
export function commitFirst(
  store: ObjectStore,
  actions: readonly Action[],
  parameters: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const txnId = randomUUID()
  const info = {
    timestamp: Date.now(),
    operation: 'CREATE TABLE',
    operationParameters: texts(parameters),
    isBlindAppend: true,
    engineInfo: 'millrace',
    txnId,
  }
  return put(store, 0, formatCommit([{ commitInfo: info }, ...actions]), txnId)
}

/**
 * A client that retries a PUT on its own can be told that the name is taken by its own first try, whose answer was lost.
 * So a name that is taken, and a failure, are settled by reading whose commit it is.
 */
async function put(store: ObjectStore, version: number, bytes: Uint8Array, txnId: string): Promise<boolean> {
  const path = commitPath(version)
  let failure: unknown
  try {
    if (await store.putIfAbsent(path, bytes)) return true
  } catch (error) {
    failure = error
  }
  try {
    const there = await store.get(path)
    if (there) return parseCommit(there, store.url + path).some(({ commitInfo }) => commitInfo?.txnId === txnId)
    if (failure === undefined) return false
  } catch (error) {
    failure ??= error
  }
  throw new DeltaError(
    'DELTA_COMMIT_UNKNOWN',
    `Whether ${store.url}${path} was written with txnId ${txnId} is not known: ${(failure as Error).message}`,
    {
      cause: failure,
    },
  )
}

function infoOf(snapshot: Snapshot, plan: Plan, txnId: string, isolation: Isolation): CommitInfo {
  return {
    timestamp: Date.now(),
    operation: plan.operation,
    operationParameters: texts(plan.parameters),
    ...(plan.metrics ? { operationMetrics: texts(plan.metrics) } : {}),
    readVersion: snapshot.version,
    isolationLevel: isolation,
    isBlindAppend: plan.reads.rows === undefined && plan.reads.files.size === 0 && plan.actions.every(({ remove }) => !remove),
    engineInfo: 'millrace',
    txnId,
  }
}

/** Other clients take the parameters to be strings. */
const texts = (parameters: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]))
