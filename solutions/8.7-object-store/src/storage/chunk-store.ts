import { join } from 'node:path'
import { ChunkCorrupt, type ChunkRef, recordSize } from './chunk-codec.ts'
import { ChunkWriter } from './chunk-writer.ts'
import type { FileSystem } from './file-system.ts'
import { type ChunkData, Volume } from './volume.ts'

const NAME = /^volume-(\d{8})$/

/** A volume is sealed when it reaches this size, and a new one begun. */
export const VOLUME_SIZE = 128 * 1024 * 1024

/** Volumes written at the same time: uploads that share a file wait for each other's writes and syncs. */
const LANES = 4

/**
 * The data node: stores chunks and gives them back, verified. It knows nothing of buckets and keys.
 *
 * The metadata node tells it which chunks objects refer to (`retain`, `release`). A chunk that nobody retained when the store was
 * opened is an orphan (its upload never committed); its bytes are dead bytes, and the collector takes them back.
 */
export class ChunkStore {
  readonly volumes = new Map<number, Volume>()
  private readonly fs: FileSystem
  private readonly directory: string
  private readonly volumeSize: number
  private readonly lanes: { active?: Volume | undefined; opening?: Promise<Volume> | undefined }[] = Array.from(
    { length: LANES },
    () => ({}),
  )
  private nextLane = 0
  private nextId = 1

  private constructor(fs: FileSystem, directory: string, volumeSize: number) {
    this.fs = fs
    this.directory = directory
    this.volumeSize = volumeSize
  }

  /** Opens the volumes of an existing directory. All of them are sealed: the tail of the last one may be torn, and is never written again. */
  static async open(fs: FileSystem, directory: string, volumeSize = VOLUME_SIZE): Promise<ChunkStore> {
    const store = new ChunkStore(fs, directory, volumeSize)
    for (const name of await fs.list(directory)) {
      const match = NAME.exec(name)
      if (!match) continue
      const id = Number(match[1])
      const path = join(directory, name)
      store.volumes.set(id, new Volume(id, path, await fs.open(path, 'read'), await fs.size(path), true))
      store.nextId = Math.max(store.nextId, id + 1)
    }
    return store
  }

  /** A writer for one object's bytes. */
  writer(): ChunkWriter {
    return new ChunkWriter(this)
  }

  /** A lane for a writer of large objects; lane 0 is that of the small ones, which share their syncs. */
  largeLane(): number {
    this.nextLane = (this.nextLane % (LANES - 1)) + 1
    return this.nextLane
  }

  /** Appends one chunk to the lane's active volume; `record` is header and payload. Not durable before the volume is synced. */
  async append(lane: number, length: number, record: Buffer[], onVolume: (volume: Volume) => void): Promise<ChunkRef> {
    const volume = await this.volumeWithRoom(lane, recordSize(length))
    onVolume(volume)
    return volume.append(length, record)
  }

  /** Reads bytes [from, to) of a chunk, verified. The caller holds a pin. Throws `ChunkCorrupt`. */
  async read(ref: ChunkRef, from = 0, to = ref.length): Promise<ChunkData> {
    const volume = this.volumes.get(ref.volume)
    if (!volume) throw new ChunkCorrupt(ref, 'its volume is missing')
    return volume.read(ref, from, to)
  }

  /** Objects now refer to these chunks. */
  retain(refs: readonly ChunkRef[]): void {
    for (const ref of refs) {
      const volume = this.volumes.get(ref.volume)
      if (volume) volume.live += ref.length
    }
  }

  /** Objects no longer refer to these chunks. */
  release(refs: readonly ChunkRef[]): void {
    for (const ref of refs) {
      const volume = this.volumes.get(ref.volume)
      if (volume) volume.live -= ref.length
    }
  }

  /** Keeps the volumes of these chunks until the returned function is called (once): an object being read may be overwritten. */
  pin(refs: readonly ChunkRef[]): () => void {
    const volumes = new Set(refs.map(ref => this.volumes.get(ref.volume)).filter(volume => volume !== undefined))
    for (const volume of volumes) volume.readers++
    let pinned = true
    return () => {
      if (pinned) for (const volume of volumes) volume.readers--
      pinned = false
    }
  }

  /** Removes sealed volumes in which nothing lives. Returns the bytes given back to the file system. */
  async removeDead(): Promise<number> {
    let freed = 0
    for (const volume of [...this.volumes.values()]) {
      if (!volume.sealed || volume.live > 0 || volume.pending > 0 || volume.readers > 0) continue
      this.volumes.delete(volume.id)
      await volume.close()
      await this.fs.remove(volume.path)
      freed += volume.end
    }
    return freed
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.lanes.map(lane => lane.opening))
    for (const volume of this.volumes.values()) await volume.close()
    this.volumes.clear()
  }

  private async volumeWithRoom(number: number, bytes: number): Promise<Volume> {
    const lane = this.lanes[number]!
    for (;;) {
      if (lane.active && !lane.active.sealed) {
        if (lane.active.end === 0 || lane.active.end + bytes <= this.volumeSize) return lane.active
        lane.active.sealed = true
      }
      lane.opening ??= this.createVolume().finally(() => (lane.opening = undefined))
      lane.active = await lane.opening
    }
  }

  private async createVolume(): Promise<Volume> {
    const id = this.nextId++
    const path = join(this.directory, `volume-${String(id).padStart(8, '0')}`)
    const file = await this.fs.create(path)
    // The name must be durable before metadata refers to it.
    await this.fs.syncDirectory(this.directory)
    const volume = new Volume(id, path, file, 0, false)
    this.volumes.set(id, volume)
    return volume
  }
}
