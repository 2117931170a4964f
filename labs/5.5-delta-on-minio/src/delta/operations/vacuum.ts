import { fromLogPath } from '../data/partition.ts'
import { DeltaError } from '../errors.ts'
import { retentionMs } from '../log/checkpoint-write.ts'
import type { Snapshot } from '../log/snapshot.ts'

const HOUR = 3_600_000

export interface VacuumOptions {
  /** Files that left the table, or were written and never committed, longer ago than this go; the table's retention by default. */
  readonly retentionHours?: number
  /** Only say which files would go. */
  readonly dryRun?: boolean
  /** Take a retention shorter than the table's. Whoever reads an older version or is about to commit loses files. */
  readonly force?: boolean
}

/**
 * Deletes files that no version within the retention needs; returns their paths. Files younger than the retention stay, whoever's
 * they are: a writer may be about to commit them. Throws `DELTA_UNSAFE_VACUUM`.
 */
export async function vacuum(snapshot: Snapshot, options: VacuumOptions, now: number): Promise<string[]> {
  const least = retentionMs(snapshot)
  const retention = options.retentionHours === undefined ? least : options.retentionHours * HOUR
  if (!(retention >= 0)) throw new DeltaError('DELTA_INVALID_ARGUMENT', `A retention of ${options.retentionHours} hours is no time.`)
  if (retention < least && !options.force)
    throw new DeltaError(
      'DELTA_UNSAFE_VACUUM',
      `A retention of ${retention / HOUR} hours is less than the ${least / HOUR} hours that the table keeps.`,
    )
  const cutoff = now - retention
  const kept = new Set<string>()
  for (const { path } of snapshot.state.adds.values()) if (isOurs(path)) kept.add(fromLogPath(path))
  for (const { path, deletionTimestamp = 0 } of snapshot.state.removes.values())
    if (deletionTimestamp >= cutoff && isOurs(path)) kept.add(fromLogPath(path))

  const gone: string[] = []
  for await (const { path, lastModified } of snapshot.store.list(''))
    if (!isHidden(path) && !kept.has(path) && lastModified < cutoff) gone.push(path)
  if (!options.dryRun) for (const path of gone) await snapshot.store.delete(path)
  return gone
}

/** Files of other tables are theirs to delete. */
const isOurs = (path: string): boolean => !/^([a-z][a-z0-9+.-]*:|\/)/i.test(path)

/** The log, and what begins with '_' or '.', save directories of partition columns. A temporary file of ours is not hidden from us. */
const isHidden = (path: string): boolean =>
  path
    .split('/')
    .some(
      (part, index, parts) =>
        /^[_.]/.test(part) && !(index < parts.length - 1 && part.includes('=')) && !/^\.[0-9a-f-]{36}\.tmp$/.test(part),
    ) || path.startsWith('_delta_log/')
