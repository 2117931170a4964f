import path from 'node:path'
import { BATCH_HEADER, type BatchInfo, batchSizeAt, isIntactBatch, readBatchInfo } from './batch.ts'
import type { Handles } from './handles.ts'
import { SparseIndex } from './sparse-index.ts'

/** One index entry for at least this many bytes of log. */
const INDEX_INTERVAL = 4096
/** How much is read at once while walking over batches. */
const WALK_CHUNK = 256 * 1024

/** The file name of a segment: its first offset, 20 digits, so that names sort like offsets. */
export const segmentName = (baseOffset: number) => String(baseOffset).padStart(20, '0')

/** A run of batches in one file, with an offset index and a time index beside it. */
export class Segment {
  readonly baseOffset: number
  readonly file: string
  readonly offsetIndex: SparseIndex
  readonly timeIndex: SparseIndex
  readonly #handles: Handles
  size = 0
  /** The greatest record time in the segment; -1 when empty. */
  maxTimestamp = -1
  /** When its first batch was appended or found (ms): what roll-by-time counts from. */
  createdAt: number
  #sinceIndexed = 0
  #maxTimestampOffset = 0
  /** Where recent reads ended: a consumer reading on starts there without a search. */
  readonly #hints = new Map<number, number>()

  constructor(directory: string, baseOffset: number, handles: Handles, now: number, suffix = '') {
    this.baseOffset = baseOffset
    this.#handles = handles
    this.createdAt = now
    const stem = path.join(directory, segmentName(baseOffset))
    this.file = `${stem}.log${suffix}`
    this.offsetIndex = new SparseIndex(`${stem}.index${suffix}`, handles, 4)
    this.timeIndex = new SparseIndex(`${stem}.timeindex${suffix}`, handles, 8)
  }

  /** Takes up a closed segment as it is: its last time index entry has the greatest time. */
  attach(): void {
    this.size = this.#handles.get(this.file).size()
    this.offsetIndex.attach()
    this.timeIndex.attach()
    this.maxTimestamp = this.timeIndex.last()?.[0] ?? -1
  }

  /** Makes the indexes of a closed segment anew from its batch headers. */
  rebuildIndexes(): void {
    const fileSize = this.#handles.get(this.file).size()
    this.offsetIndex.load(() => false)
    this.timeIndex.load(() => false)
    this.size = fileSize
    const headers = [...this.walk(0)].map(([info]) => info)
    this.size = 0
    for (const info of headers) this.track(info)
    this.seal()
  }

  /** Appends a batch whose offset is already set; `info` describes it. Nothing is kept of a write that fails half-way. */
  append(batch: Buffer, info: BatchInfo): void {
    const file = this.#handles.get(this.file)
    try {
      file.write(batch, this.size)
    } catch (error) {
      file.truncate(this.size)
      throw error
    }
    this.track(info)
  }

  /** Accounts for a batch at the end: size, indexes, greatest time. Used by append and by recovery, which finds batches already written. */
  track(info: BatchInfo): void {
    const grows = info.maxTimestamp > this.maxTimestamp
    if (grows) {
      this.maxTimestamp = info.maxTimestamp
      this.#maxTimestampOffset = info.lastOffset
    }
    if (this.#sinceIndexed >= INDEX_INTERVAL) {
      this.offsetIndex.append(info.baseOffset - this.baseOffset, this.size)
      this.#indexTime()
      this.#sinceIndexed = 0
    }
    this.size += info.size
    this.#sinceIndexed += info.size
  }

  #indexTime(): void {
    const last = this.timeIndex.last()
    if (this.maxTimestamp > (last?.[0] ?? -1)) this.timeIndex.append(this.maxTimestamp, this.#maxTimestampOffset - this.baseOffset)
  }

  /** Writes the indexes to their files. */
  saveIndexes(): void {
    this.#indexTime()
    this.offsetIndex.save()
    this.timeIndex.save()
  }

  /** Ends writing: the indexes go to their files and out of memory. */
  seal(): void {
    this.#indexTime()
    this.offsetIndex.seal()
    this.timeIndex.seal()
  }

  /** The position of the first batch that ends at or after `offset`; the size when there is none. */
  locate(offset: number): number {
    const hinted = this.#hints.get(offset)
    if (hinted !== undefined) return hinted
    const start = this.offsetIndex.floor(offset - this.baseOffset)?.[1] ?? 0
    for (const [info, position] of this.walk(start)) if (info.lastOffset >= offset) return position
    return this.size
  }

  /** Remembers that the batch holding `offset` starts at `position`. */
  remember(offset: number, position: number): void {
    if (this.#hints.size >= 16) {
      const [oldest] = this.#hints.keys()
      this.#hints.delete(oldest!)
    }
    this.#hints.set(offset, position)
  }

  /** Reads up to `length` bytes from `position`. */
  read(position: number, length: number): Buffer {
    const target = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.size - position)))
    const n = this.#handles.get(this.file).read(target, position)
    return n === target.length ? target : target.subarray(0, n)
  }

  /** The headers of the batches from `position` on, with their positions. */
  *walk(position = 0): Generator<[BatchInfo, number]> {
    let at = position
    let chunk = this.read(at, 4096)
    let from = at
    while (at < this.size) {
      if (at - from + BATCH_HEADER > chunk.length) {
        chunk = this.read(at, WALK_CHUNK)
        from = at
        if (chunk.length < BATCH_HEADER) return
      }
      const info = readBatchInfo(chunk, at - from)
      yield [info, at]
      at += info.size
    }
  }

  /** The whole, intact batches from `position` on, each with its bytes; stops at the first that is torn or harmed. */
  *intact(position: number, fileSize: number): Generator<[BatchInfo, Buffer]> {
    const file = this.#handles.get(this.file)
    let chunk = Buffer.alloc(0)
    let from = position
    let at = position
    while (at < fileSize) {
      const known = chunk.length - (at - from)
      const wanted = known >= BATCH_HEADER ? batchSizeAt(chunk, at - from) : BATCH_HEADER
      if (wanted < BATCH_HEADER || at + wanted > fileSize) return
      if (wanted > known) {
        const target = Buffer.allocUnsafe(Math.min(fileSize - at, Math.max(wanted, WALK_CHUNK)))
        chunk = target.subarray(0, file.read(target, at))
        from = at
        if (chunk.length < wanted) return
        continue
      }
      const batch = chunk.subarray(at - from, at - from + wanted)
      if (!isIntactBatch(batch)) return
      yield [readBatchInfo(batch), batch]
      at += wanted
    }
  }

  /** Cuts the file at `size`. */
  truncate(size: number): void {
    this.#handles.get(this.file).truncate(size)
    this.size = size
    this.#hints.clear()
  }

  /** Waits until what was written before is on the device, the indexes too where they are in their files. */
  async sync(withIndexes: boolean): Promise<void> {
    await this.#handles.get(this.file).sync()
    if (!withIndexes) return
    await this.#handles.get(this.offsetIndex.file).sync()
    await this.#handles.get(this.timeIndex.file).sync()
  }

  /** Removes its files. */
  remove(): void {
    for (const file of [this.file, this.offsetIndex.file, this.timeIndex.file]) {
      this.#handles.close(file)
      this.#handles.disk.remove(file)
    }
  }
}

/** The place of the segment that holds `offset`, by binary search; 0 when it lies before all of them. */
export function segmentFor(segments: readonly Segment[], offset: number): number {
  let low = 0
  let high = segments.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (segments[middle]!.baseOffset <= offset) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}
