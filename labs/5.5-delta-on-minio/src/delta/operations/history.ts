import { DeltaError } from '../errors.ts'
import type { CommitInfo } from '../log/actions.ts'
import { commitTimes } from '../log/listing.ts'
import { loadSnapshot, readCommit, type Snapshot } from '../log/snapshot.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { toMicros } from '../values/time.ts'

/** Which version of a table: by number, or the newest that was there at a time. */
export type At = { readonly version: number } | { readonly timestamp: Date | string }

/** The table as it was. Throws `DELTA_VERSION_NOT_FOUND` for what is not in the log (any more). */
export async function snapshotAt(store: ObjectStore, at: At): Promise<Snapshot> {
  if ('version' in at) {
    if (!Number.isSafeInteger(at.version) || at.version < 0) throw new DeltaError('DELTA_INVALID_ARGUMENT', `${at.version} is no version.`)
    return await loadSnapshot(store, at.version)
  }
  const millis = timeOf(at.timestamp)
  const times = await commitTimes(store)
  const found = times.findLast(({ time }) => time <= millis)
  if (found) return await loadSnapshot(store, found.version)
  const first = times[0]
  throw first
    ? new DeltaError(
        'DELTA_VERSION_NOT_FOUND',
        `${store.url} begins with version ${first.version} at ${new Date(first.time).toISOString()}.`,
      )
    : new DeltaError('DELTA_TABLE_NOT_FOUND', `There is no Delta table at ${store.url}.`)
}

function timeOf(timestamp: Date | string): number {
  try {
    return Number(toMicros(timestamp)) / 1000
  } catch (cause) {
    throw new DeltaError('DELTA_INVALID_ARGUMENT', `The timestamp '${String(timestamp)}' ${(cause as Error).message}.`, { cause })
  }
}

/** Who did what, newest first: the commitInfo of each version that is still in the log. */
export async function history(store: ObjectStore, limit: number): Promise<{ version: number; time: number; commitInfo: CommitInfo }[]> {
  const times = await commitTimes(store)
  const newest = times.toReversed().slice(0, limit)
  return await Promise.all(
    newest.map(async ({ version, time }) => {
      const actions = (await readCommit(store, version)) ?? []
      return { version, time, commitInfo: actions.find(({ commitInfo }) => commitInfo)?.commitInfo ?? {} }
    }),
  )
}
