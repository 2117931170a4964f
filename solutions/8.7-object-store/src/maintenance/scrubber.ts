import type { Store } from '../operations/store.ts'
import { ChunkCorrupt } from '../storage/chunk-codec.ts'

/** A chunk that is not what was written, and what it belongs to. */
export interface Damage {
  readonly name: string
  readonly problem: string
}

/** What a round of the scrubber found. */
export interface ScrubReport {
  readonly chunks: number
  readonly bytes: number
  readonly damaged: readonly Damage[]
}

/**
 * Reads every chunk that something refers to and verifies its checksums, so that rot is found before a reader finds it.
 * On one node it can only report; with replicas this is where a good copy would replace the bad one.
 * (Bairavasundaram et al., "An Analysis of Data Corruption in the Storage Stack", FAST 2008: scrubbing finds most of it first.)
 */
export async function scrub(store: Store): Promise<ScrubReport> {
  const damaged: Damage[] = []
  let chunks = 0
  let bytes = 0
  for (const { name, chunks: refs } of [...store.metadata.namespace.references()]) {
    const unpin = store.chunks.pin(refs)
    try {
      for (const ref of refs) {
        chunks++
        bytes += ref.length
        const { release } = await store.chunks.read(ref) // the read verifies
        release()
      }
    } catch (error) {
      if (!(error instanceof ChunkCorrupt)) throw error
      damaged.push({ name, problem: error.message })
    } finally {
      unpin()
    }
  }
  return { chunks, bytes, damaged }
}
