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

/** Yields the bytes, a chunk at a time; while one is being taken, the next is read. What is yielded is valid until the next is asked for. */
async function* readChunks(store: Store, chunks: readonly ChunkRef[], from: number, to: number): AsyncGenerator<Buffer> {
  const pieces = piecesOf(chunks, from, to)
  const readNext = () => {
    const { value } = pieces.next()
    const reading = value && store.chunks.read(value.ref, value.from, value.to)
    reading?.catch(() => {}) // seen when it is awaited
    return reading
  }
  let ahead = readNext()
  try {
    while (ahead) {
      const { bytes, release } = await ahead
      ahead = readNext()
      try {
        yield bytes
      } finally {
        release()
      }
    }
  } finally {
    // Broken off: what was read ahead goes back as well.
    ahead?.then(data => data.release()).catch(() => {})
  }
}

/** Which bytes of which chunks make up bytes [from, to) of the whole. */
function* piecesOf(
  chunks: readonly ChunkRef[],
  from: number,
  to: number,
): Generator<{ ref: ChunkRef; from: number; to: number }, undefined> {
  let start = 0
  for (const ref of chunks) {
    const end = start + ref.length
    if (start >= to) return
    if (end > from) yield { ref, from: Math.max(0, from - start), to: Math.min(ref.length, to - start) }
    start = end
  }
}
