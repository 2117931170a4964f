import type { ObjectVersion } from '../metadata/types.ts'
import type { Store } from '../operations/store.ts'
import { ChunkCorrupt, type ChunkRef } from '../storage/chunk-codec.ts'
import type { Volume } from '../storage/volume.ts'

/** A sealed volume is compacted when less than this share of it is alive. */
const WORTH_KEEPING = 0.5

/** What a round gave back. */
export interface Collected {
  readonly freedBytes: number
  readonly movedBytes: number
}

/**
 * One round of the orphan collector. Dead bytes (overwritten and deleted objects, aborted and broken-off uploads) lie in volumes
 * among live ones: volumes that are mostly dead have their live chunks moved to the active volume; dead volumes are removed.
 */
export async function collect(store: Store): Promise<Collected> {
  let freedBytes = await store.chunks.removeDead()
  const sparse = new Set([...store.chunks.volumes.values()].filter(isSparse).map(volume => volume.id))
  let movedBytes = 0
  if (sparse.size > 0) {
    for (const { bucket, key, versionId } of versionsIn(store, sparse)) {
      movedBytes += await moveVersion(store, sparse, bucket, key, versionId).catch(skipDamaged)
    }
    freedBytes += await store.chunks.removeDead()
  }
  return { freedBytes, movedBytes }
}

/** A damaged object stays where it is, for the scrubber to report; the others are moved all the same. */
function skipDamaged(error: unknown): number {
  if (error instanceof ChunkCorrupt) return 0
  throw error
}

function isSparse(volume: Volume): boolean {
  return volume.sealed && volume.pending === 0 && volume.live < volume.end * WORTH_KEEPING
}

/** The versions that have chunks in these volumes; listed first, since the tree may not change while it is walked. */
function versionsIn(store: Store, volumes: ReadonlySet<number>): { bucket: string; key: string; versionId: string }[] {
  const found: { bucket: string; key: string; versionId: string }[] = []
  for (const [bucket, { keys }] of store.metadata.namespace.buckets) {
    for (const [key, versions] of keys.entries()) {
      for (const version of versions)
        if (version.chunks.some(ref => volumes.has(ref.volume))) found.push({ bucket, key, versionId: version.versionId })
    }
  }
  return found
}

/** Copies the chunks of one version out of the volumes, durably, then points the version at the copies. */
async function moveVersion(store: Store, volumes: ReadonlySet<number>, bucket: string, key: string, versionId: string): Promise<number> {
  const version = find(store, bucket, key, versionId)
  if (!version) return 0
  const unpin = store.chunks.pin(version.chunks)
  const writer = store.chunks.writer()
  try {
    const chunks: ChunkRef[] = []
    let moved = 0
    for (const ref of version.chunks) {
      if (!volumes.has(ref.volume)) {
        chunks.push(ref)
        continue
      }
      const { bytes, release } = await store.chunks.read(ref)
      await writer.write(bytes)
      chunks.push(await writer.endChunk())
      release()
      moved += ref.length
    }
    await writer.finish()
    return await store.metadata.withKey(bucket, key, async () => {
      const now = find(store, bucket, key, versionId)
      if (!now || now.chunks !== version.chunks) return 0 // replaced meanwhile: the copies are dead bytes
      await store.metadata.commit({ op: 'change-version', bucket, key, version: { ...now, chunks } })
      return moved
    })
  } finally {
    unpin()
    await writer.settle()
  }
}

function find(store: Store, bucket: string, key: string, versionId: string): ObjectVersion | undefined {
  return store.metadata.namespace.buckets
    .get(bucket)
    ?.keys.get(key)
    ?.find(version => version.versionId === versionId)
}
