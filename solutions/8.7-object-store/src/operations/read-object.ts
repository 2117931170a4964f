import type { ChunkRef } from '../storage/chunk-codec.ts'
import type { Store } from './store.ts'

/** Bytes [from, to) of an object, verified chunk by chunk. `release` is due when the reader is done, whether or not it has read. */
export interface ObjectStream {
  readonly length: number
  readonly stream: AsyncIterable<Buffer>
  readonly release: () => void
}

/** Opens an object's bytes for reading. From now on to `release` they stay, even where the object is overwritten. */
export function openObject(store: Store, chunks: readonly ChunkRef[], from: number, to: number): ObjectStream {
  return { length: to - from, stream: readChunks(store, chunks, from, to), release: store.chunks.pin(chunks) }
}

async function* readChunks(store: Store, chunks: readonly ChunkRef[], from: number, to: number): AsyncGenerator<Buffer> {
  let start = 0
  for (const ref of chunks) {
    const end = start + ref.length
    if (start >= to) return
    if (end > from) yield* store.chunks.read(ref, Math.max(0, from - start), Math.min(ref.length, to - start))
    start = end
  }
}
