import { BLOCK_SIZE, ChunkCorrupt, type ChunkRef, decodeHeader, headerSize, verifyBlocks } from './chunk-codec.ts'
import type { StoreFile } from './file-system.ts'
import { GroupSync } from './group-sync.ts'

/** How much of a chunk one step of a read takes: the memory that a slow reader holds. */
const READ_STEP = 4 * BLOCK_SIZE

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

  /** Yields bytes [from, to) of a chunk, each block verified before it is handed out. Throws `ChunkCorrupt`. */
  async *read(ref: ChunkRef, from: number, to: number): AsyncGenerator<Buffer> {
    if (from >= to) return
    const payload = ref.offset + headerSize(ref.length)
    const firstBlock = Math.floor(from / BLOCK_SIZE)
    let at = firstBlock * BLOCK_SIZE
    let stop = Math.min(ref.length, at + READ_STEP)
    // A read from the chunk's beginning takes header and data in one step.
    const withHeader = firstBlock === 0
    const first = withHeader
      ? await this.file.read(ref.offset, payload - ref.offset + stop)
      : await this.file.read(ref.offset, payload - ref.offset)
    const crcs = decodeHeader(ref, first.subarray(0, payload - ref.offset))
    let data = withHeader ? first.subarray(payload - ref.offset) : await this.file.read(payload + at, stop - at)
    for (;;) {
      if (data.length < stop - at) throw new ChunkCorrupt(ref, 'the volume ends inside the chunk')
      verifyBlocks(ref, crcs, at / BLOCK_SIZE, data)
      const nextStop = Math.min(ref.length, stop + READ_STEP)
      const ahead = stop < to ? this.file.read(payload + stop, nextStop - stop) : undefined
      ahead?.catch(() => {})
      yield data.subarray(Math.max(0, from - at), Math.min(data.length, to - at))
      if (!ahead) return
      at = stop
      stop = nextStop
      data = await ahead
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
