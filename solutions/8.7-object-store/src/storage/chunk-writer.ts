import { crc32 } from 'node:zlib'
import { BLOCK_SIZE, CHUNK_SIZE, type ChunkRef, encodeHeader } from './chunk-codec.ts'
import type { ChunkStore } from './chunk-store.ts'
import type { Volume } from './volume.ts'

/** Unsynced bytes after which a sync is started in the background, so that the last one has little left to do. */
const WRITE_BEHIND = 8 * CHUNK_SIZE

/**
 * Cuts a stream of bytes into chunks and appends them. Holds at most two chunks: one being filled, one on its way to the disk.
 * Usage: `write` …, `finish` (everything durable), commit the metadata, `settle`. `settle` is due in every case, once.
 */
export class ChunkWriter {
  readonly refs: ChunkRef[] = []
  size = 0
  private readonly store: ChunkStore
  private readonly volumes = new Set<Volume>()
  private buffers: Buffer[] = []
  private length = 0
  private blockCrcs: number[] = []
  private blockCrc = 0
  private appending: Promise<unknown> = Promise.resolve()
  private unsynced = 0
  private lane: number | undefined

  constructor(store: ChunkStore) {
    this.store = store
  }

  async write(data: Buffer): Promise<void> {
    for (let at = 0; at < data.length; ) {
      const blockRoom = BLOCK_SIZE - (this.length % BLOCK_SIZE)
      const piece = data.subarray(at, at + blockRoom)
      this.blockCrc = crc32(piece, this.blockCrc)
      this.buffers.push(piece)
      this.length += piece.length
      this.size += piece.length
      at += piece.length
      if (piece.length === blockRoom) this.endBlock()
      if (this.length === CHUNK_SIZE) await this.flush()
    }
  }

  /** Ends the chunk being filled, and returns it: for copies that keep the chunks of their source. At least one byte was written. */
  async endChunk(): Promise<ChunkRef> {
    if (this.length > 0) await this.flush()
    await this.appending
    return this.refs.at(-1)!
  }

  /** Writes the rest and makes all of it durable. Returns the chunks in order. */
  async finish(): Promise<ChunkRef[]> {
    if (this.length > 0) await this.flush()
    await this.appending
    await Promise.all([...this.volumes].map(volume => volume.sync()))
    return this.refs
  }

  /** The upload is over: its chunks are now retained by an object, or are dead. */
  async settle(): Promise<void> {
    await this.appending.catch(() => {})
    for (const volume of this.volumes) volume.pending--
    this.volumes.clear()
    this.buffers = []
  }

  private endBlock(): void {
    this.blockCrcs.push(this.blockCrc)
    this.blockCrc = 0
  }

  private async flush(): Promise<void> {
    if (this.length % BLOCK_SIZE !== 0) this.endBlock()
    const record = [encodeHeader(this.length, this.blockCrcs), ...this.buffers]
    const length = this.length
    this.buffers = []
    this.blockCrcs = []
    this.length = 0
    await this.appending // one chunk on its way at a time: this is the back pressure
    this.appending = this.append(length, record)
    this.appending.catch(() => {}) // seen by the next await
  }

  private async append(length: number, record: Buffer[]): Promise<void> {
    this.lane ??= length === CHUNK_SIZE ? this.store.largeLane() : 0
    const ref = await this.store.append(this.lane, length, record, volume => {
      if (this.volumes.has(volume)) return
      volume.pending++
      this.volumes.add(volume)
    })
    this.refs.push(ref)
    this.unsynced += length
    if (this.unsynced < WRITE_BEHIND) return
    this.unsynced = 0
    for (const volume of this.volumes) if (volume.id === ref.volume) volume.sync().catch(() => {}) // `finish` syncs again and reports
  }
}
