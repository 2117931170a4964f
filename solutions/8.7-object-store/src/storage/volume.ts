import { BufferPool } from './buffer-pool.ts'
import { BLOCK_SIZE, CHUNK_SIZE, ChunkCorrupt, type ChunkRef, decodeHeader, headerSize, recordSize, verifyBlocks } from './chunk-codec.ts'
import type { StoreFile } from './file-system.ts'
import { GroupSync } from './group-sync.ts'

/** Reads above this size take their buffer from the pool, which has the size of the largest record. */
const POOLED = 64 * 1024
const pool = new BufferPool(recordSize(CHUNK_SIZE), 16)

/** What was read of a chunk. The bytes are valid until `release`, which is due once: the buffer is used again. */
export interface ChunkData {
  readonly bytes: Buffer
  readonly release: () => void
}

/**
 * A volume: a file that only grows, in which chunks of many objects lie one after the other (as in Facebook's Haystack, OSDI 2010).
 * It is also the unit that replication would copy: equal bytes at equal offsets on every replica.
 */
export class Volume {
  readonly id: number
  readonly path: string
  /** End of the last chunk, written or being written. */
  end: number
  /** Payload bytes that some object refers to. A sealed volume with none is removed. */
  live = 0
  /** Uploads that have written here and are not yet committed or given up. */
  pending = 0
  /** Reads under way: the file stays until they are done. */
  readers = 0
  sealed: boolean
  private readonly file: StoreFile
  private readonly group: GroupSync
  private failure: Error | undefined

  constructor(id: number, path: string, file: StoreFile, end: number, sealed: boolean) {
    this.id = id
    this.path = path
    this.file = file
    this.end = end
    this.sealed = sealed
    this.group = new GroupSync(() => this.syncFile())
  }

  /** Appends header and payload; not durable before `sync`. The place is taken at once, so that appends can overlap. */
  async append(length: number, record: Buffer[]): Promise<ChunkRef> {
    const ref = { volume: this.id, offset: this.end, length }
    this.end += headerSize(length) + length
    await this.file.write(record, ref.offset)
    return ref
  }

  sync(): Promise<void> {
    return this.failure ? Promise.reject(this.failure) : this.group.sync()
  }

  /** Reads bytes [from, to) of a chunk, from < to, and verifies every block that they lie in. Throws `ChunkCorrupt`. */
  async read(ref: ChunkRef, from: number, to: number): Promise<ChunkData> {
    const header = headerSize(ref.length)
    const start = Math.floor(from / BLOCK_SIZE) * BLOCK_SIZE
    const stop = Math.min(ref.length, Math.ceil(to / BLOCK_SIZE) * BLOCK_SIZE)
    // A read from the chunk's beginning takes header and data in one step.
    const crcs = start === 0 ? undefined : decodeHeader(ref, await this.file.read(ref.offset, header))
    const [position, length] = crcs ? [ref.offset + header + start, stop - start] : [ref.offset, header + stop]
    const buffer = length > POOLED ? pool.take() : undefined
    const release = () => buffer && pool.give(buffer)
    try {
      const read = await this.file.read(position, length, buffer)
      const known = crcs ?? decodeHeader(ref, read.subarray(0, header))
      if (read.length < length) throw new ChunkCorrupt(ref, 'the volume ends inside the chunk')
      const data = crcs ? read : read.subarray(header)
      verifyBlocks(ref, known, start / BLOCK_SIZE, data)
      return { bytes: data.subarray(from - start, to - start), release }
    } catch (error) {
      release()
      throw error
    }
  }

  close(): Promise<void> {
    return this.file.close()
  }

  /** After a failed sync the kernel may have dropped the pages: a later sync that succeeds proves nothing, so the volume is given up. */
  private async syncFile(): Promise<void> {
    try {
      await this.file.sync()
    } catch (error) {
      this.failure = error as Error
      this.sealed = true
      throw error
    }
  }
}
