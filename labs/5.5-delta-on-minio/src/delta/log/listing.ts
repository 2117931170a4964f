import { DeltaError } from '../errors.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { commitPath, LAST_CHECKPOINT, LOG, parseLogPath } from './file-names.ts'

/** The files from which a snapshot is made: at most one checkpoint, then every commit after it. */
export interface LogSegment {
  readonly version: number
  readonly checkpoint: { readonly version: number; readonly paths: readonly string[]; readonly sizes: readonly number[] } | undefined
  readonly commits: readonly number[]
}

interface Listed {
  commits: Map<number, number>
  checkpoints: Map<string, { version: number; parts: number; found: { path: string; size: number }[] }>
}

/**
 * Finds the files for a version (the newest where none is given), from `_last_checkpoint` on where that helps.
 * Throws `DELTA_TABLE_NOT_FOUND`, `DELTA_VERSION_NOT_FOUND`, and `DELTA_LOG_DAMAGED` for a gap.
 */
export async function findSegment(store: ObjectStore, wanted?: number): Promise<LogSegment> {
  const hint = await lastCheckpoint(store)
  const useful = hint !== undefined && hint > 0 && (wanted === undefined || hint <= wanted)
  if (useful) {
    const segment = await choose(store, await list(store, hint), wanted)
    if (segment?.checkpoint) return segment
  }
  const listed = await list(store, 0)
  if (listed.commits.size === 0 && listed.checkpoints.size === 0)
    throw new DeltaError('DELTA_TABLE_NOT_FOUND', `There is no Delta table at ${store.url}.`)
  const segment = await choose(store, listed, wanted)
  if (segment) return segment
  const commits = [...listed.commits.keys()].sort((a, b) => a - b)
  throw new DeltaError(
    'DELTA_VERSION_NOT_FOUND',
    `${store.url} has the commits ${commits[0]} to ${commits.at(-1)}; ${wanted === undefined ? 'no checkpoint covers those before' : `version ${wanted} cannot be made of them`}.`,
  )
}

/** The time of every commit that is still there: that of its file, later than the one before it (protocol: Add CDC File, `_commit_timestamp`). */
export async function commitTimes(store: ObjectStore): Promise<{ version: number; time: number }[]> {
  const { commits } = await list(store, 0)
  let before = -Infinity
  return [...commits]
    .sort(([a], [b]) => a - b)
    .map(([version, modified]) => ({ version, time: (before = Math.max(Math.floor(modified), before + 1)) }))
}

async function list(store: ObjectStore, from: number): Promise<Listed> {
  const listed: Listed = { commits: new Map(), checkpoints: new Map() }
  for await (const { path, size, lastModified } of store.list(LOG, from > 0 ? commitPath(from).slice(0, -'.json'.length) : undefined)) {
    const file = parseLogPath(path)
    if (!file || file.version < from) continue
    if (file.kind === 'commit') listed.commits.set(file.version, lastModified)
    else {
      const key = `${file.version}/${file.parts}`
      const entry = listed.checkpoints.get(key) ?? { version: file.version, parts: file.parts, found: [] }
      entry.found.push({ path, size })
      listed.checkpoints.set(key, entry)
    }
  }
  return listed
}

async function choose(store: ObjectStore, { commits, checkpoints }: Listed, wanted: number | undefined): Promise<LogSegment | undefined> {
  // A checkpoint with a part missing is being written or never will be: it does not count.
  const usable = [...checkpoints.values()]
    .filter(({ version, parts, found }) => found.length === parts && version <= (wanted ?? version))
    .sort((a, b) => b.version - a.version)[0]
  const newest = Math.max(usable?.version ?? -1, ...commits.keys())
  const version = wanted ?? newest
  if (version > newest) return undefined
  const needed: number[] = []
  for (let next = (usable?.version ?? -1) + 1; next <= version; next++) {
    // A listing is no instant: it can show a commit and not the one just before it. What a read finds counts.
    if (!commits.has(next) && !(await store.get(commitPath(next)))) {
      if (![...commits.keys()].some(earlier => earlier < next) && !usable) return undefined
      throw new DeltaError('DELTA_LOG_DAMAGED', `${store.url}${commitPath(next)} is missing, and version ${newest} is there.`)
    }
    needed.push(next)
  }
  if (version < 0) return undefined
  const found = usable?.found.sort((a, b) => (a.path < b.path ? -1 : 1))
  return {
    version,
    checkpoint:
      usable && found ? { version: usable.version, paths: found.map(({ path }) => path), sizes: found.map(({ size }) => size) } : undefined,
    commits: needed,
  }
}

/** Only a hint: absent, damaged or outdated, the listing decides. */
async function lastCheckpoint(store: ObjectStore): Promise<number | undefined> {
  const bytes = await store.get(LAST_CHECKPOINT)
  try {
    const { version } = JSON.parse(Buffer.from(bytes ?? []).toString()) as { version?: unknown }
    return Number.isSafeInteger(version) ? (version as number) : undefined
  } catch {
    return undefined
  }
}
