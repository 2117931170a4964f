import { DeltaError } from '../errors.ts'
import { parseSchema, type Schema } from '../schema/types.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { Action, Add, Metadata, Protocol } from './actions.ts'
import { readCheckpoint } from './checkpoint-read.ts'
import { parseCommit } from './commit-file.ts'
import { commitPath } from './file-names.ts'
import { findSegment } from './listing.ts'
import { checkReadable } from './protocol.ts'
import { TableState } from './state.ts'

const COMMITS_AT_ONCE = 16
/** After this long a commit that is missing may have been cleaned up, and no longer means that the table has not moved. */
const REFRESH_MS = 3_600_000

/** The table at one version. Never changes. */
export class Snapshot {
  readonly store: ObjectStore
  readonly version: number
  readonly state: TableState
  readonly protocol: Protocol
  readonly metadata: Metadata
  readonly schema: Schema
  readonly loadedAt = Date.now()

  constructor(store: ObjectStore, version: number, state: TableState) {
    if (!state.protocol || !state.metadata)
      throw new DeltaError('DELTA_LOG_DAMAGED', `${store.url} has no ${state.protocol ? 'metaData' : 'protocol'} up to version ${version}.`)
    checkReadable(state.protocol, store.url)
    this.store = store
    this.version = version
    this.state = state
    this.protocol = state.protocol
    this.metadata = state.metadata
    this.schema = parseSchema(state.metadata.schemaString)
  }

  /** Files that make up the table. */
  get files(): readonly Add[] {
    return [...this.state.adds.values()]
  }

  /** A table property, or what the protocol takes in its absence. */
  property(name: string, otherwise: string): string {
    return this.metadata.configuration?.[name] ?? otherwise
  }
}

/** The actions of one commit, or undefined where there is none. Throws `DELTA_LOG_DAMAGED`. */
export async function readCommit(store: ObjectStore, version: number): Promise<Action[] | undefined> {
  const bytes = await store.get(commitPath(version))
  return bytes && parseCommit(bytes, `${store.url}${commitPath(version)}`)
}

/** The table at a version, the newest where none is given. Throws the errors of `findSegment`, `DELTA_UNSUPPORTED_PROTOCOL` and `DELTA_LOG_DAMAGED`. */
export async function loadSnapshot(store: ObjectStore, version?: number): Promise<Snapshot> {
  const segment = await findSegment(store, version)
  const state = new TableState()
  const { checkpoint } = segment
  if (checkpoint) state.apply(await readCheckpoint(store, checkpoint.paths, checkpoint.sizes))
  for (let from = 0; from < segment.commits.length; from += COMMITS_AT_ONCE) {
    const versions = segment.commits.slice(from, from + COMMITS_AT_ONCE)
    const commits = await Promise.all(versions.map(version => readCommit(store, version)))
    commits.forEach((actions, index) => {
      if (!actions) throw new DeltaError('DELTA_LOG_DAMAGED', `${store.url}${commitPath(versions[index]!)} is gone.`)
      state.apply(actions)
    })
  }
  return new Snapshot(store, segment.version, state)
}

/** The newest snapshot, made from an older one by reading only the commits since then. */
export async function refresh(snapshot: Snapshot): Promise<Snapshot> {
  if (Date.now() - snapshot.loadedAt > REFRESH_MS) return await loadSnapshot(snapshot.store)
  const state = new TableState(snapshot.state)
  let version = snapshot.version
  for (;;) {
    const actions = await readCommit(snapshot.store, version + 1)
    if (!actions) break
    state.apply(actions)
    version++
  }
  return version === snapshot.version ? snapshot : new Snapshot(snapshot.store, version, state)
}
