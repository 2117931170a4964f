import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { FileSystem, StoreFile } from '../storage/file-system.ts'
import type { Edit } from './types.ts'

/**
 * The edit log, in segments `edits-<first transaction id>`. A segment is a sequence of frames, all numbers big-endian:
 *
 *     frame   => length(u32) crc(u32) payload(length bytes)
 *     payload => JSON of { txid, edit }
 *
 * `crc` is the CRC-32 of length and payload. A frame counts when it is complete and its checksum holds; the first that does not
 * ends the log. That is the commit rule: one edit is one frame, so a torn write leaves the edit undone and never half done.
 */
const FRAME_HEADER = 8
const MAX_FRAME = 64 * 1024 * 1024
const NAME = /^edits-(\d{16})$/

interface Pending {
  readonly edit: Edit
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Appends edits with group commit: all that wait while one sync runs are written and synced together. */
export class EditLog {
  /** The last durable transaction. */
  txid: number
  /** Bytes in the current segment. */
  size = 0
  private readonly fs: FileSystem
  private readonly directory: string
  private readonly onDurable: (edit: Edit) => void
  private file: StoreFile | undefined
  private waiting: Pending[] = []
  private boundaries: (() => void)[] = []
  private flushing: Promise<void> | undefined
  private failure: Error | undefined

  /** `onDurable` is called once an edit is on disk, in log order, before the edit's `append` resolves. */
  constructor(fs: FileSystem, directory: string, txid: number, onDurable: (edit: Edit) => void) {
    this.fs = fs
    this.directory = directory
    this.txid = txid
    this.onDurable = onDurable
  }

  /** Resolves when the edit is durable and applied. Rejects when it cannot be written. */
  append(edit: Edit): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ edit, resolve, reject })
      this.start()
    })
  }

  /** Ends the segment. `atBoundary` is called in between two groups, when the applied state is exactly that of its argument. */
  async roll<T>(atBoundary: (txid: number) => T): Promise<T> {
    const result = await new Promise<T>((resolve, reject) => {
      this.boundaries.push(() => {
        try {
          resolve(atBoundary(this.txid))
        } catch (error) {
          reject(error)
        }
      })
      this.start()
    })
    return result
  }

  async close(): Promise<void> {
    while (this.flushing) await this.flushing
    await this.file?.close()
    this.file = undefined
  }

  private start(): void {
    this.flushing ??= this.flush()
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0 || this.boundaries.length > 0) {
      if (this.boundaries.length > 0) await this.endSegment()
      const group = this.waiting
      this.waiting = []
      if (group.length > 0) await this.writeGroup(group)
    }
    // In the same turn as the last look at the queue: an edit that comes later must start a new flush.
    this.flushing = undefined
  }

  private async endSegment(): Promise<void> {
    for (const reached of this.boundaries.splice(0)) reached()
    const old = this.file
    this.file = undefined
    this.size = 0
    await old?.close().catch(() => {}) // everything in it is synced
  }

  private async writeGroup(group: Pending[]): Promise<void> {
    try {
      if (this.failure) throw this.failure
      const frames = group.map(({ edit }, index) => encodeFrame(this.txid + 1 + index, edit))
      const file = (this.file ??= await this.createSegment())
      await this.write(file, frames)
    } catch (error) {
      for (const { reject } of group) reject(error as Error)
      return
    }
    this.txid += group.length
    for (const { edit } of group) this.onDurable(edit)
    for (const { resolve } of group) resolve()
  }

  private async write(file: StoreFile, frames: Buffer[]): Promise<void> {
    try {
      await file.write(frames, this.size)
    } catch (error) {
      // Nothing of this group may come back after a restart, or a refused edit would have happened after all.
      await file.truncate(this.size).catch(repair => (this.failure = repair as Error))
      throw error
    }
    try {
      await file.sync()
    } catch (error) {
      // What reached the disk is now unknown: only a restart, which reads it back, can tell. Until then nothing more is accepted.
      this.failure = error as Error
      throw error
    }
    this.size += frames.reduce((sum, frame) => sum + frame.length, 0)
  }

  private async createSegment(): Promise<StoreFile> {
    const file = await this.fs.create(join(this.directory, segmentName(this.txid + 1)))
    await this.fs.syncDirectory(this.directory)
    return file
  }
}

/** The name of the segment that begins with a transaction. */
export function segmentName(firstTxid: number): string {
  return `edits-${String(firstTxid).padStart(16, '0')}`
}

/** The first transaction ids of the segments among these names, ascending. */
export function segmentStarts(names: readonly string[]): number[] {
  return names
    .flatMap(name => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/** The frame of an edit. */
export function encodeFrame(txid: number, edit: Edit): Buffer {
  const payload = Buffer.from(JSON.stringify({ txid, edit }))
  const frame = Buffer.allocUnsafe(FRAME_HEADER + payload.length)
  frame.writeUInt32BE(payload.length, 0)
  frame.writeUInt32BE(crc32(payload, crc32(frame.subarray(0, 4))), 4)
  payload.copy(frame, FRAME_HEADER)
  return frame
}

/** Reads the frames of a segment up to its end or the first that is torn. Returns where the good part ends. */
export async function readFrames(file: StoreFile, size: number, onEdit: (txid: number, edit: Edit) => void): Promise<number> {
  let position = 0
  while (position + FRAME_HEADER <= size) {
    const header = await file.read(position, FRAME_HEADER)
    const length = header.readUInt32BE(0)
    if (length === 0 || length > MAX_FRAME || position + FRAME_HEADER + length > size) break
    const payload = await file.read(position + FRAME_HEADER, length)
    if (crc32(payload, crc32(header.subarray(0, 4))) !== header.readUInt32BE(4)) break
    const { txid, edit } = JSON.parse(payload.toString()) as { txid: number; edit: Edit }
    onEdit(txid, edit)
    position += FRAME_HEADER + length
  }
  return position
}
