import path from 'node:path'
import { BATCH_HEADER, type BatchInfo, batchSizeAt, CONTROL, lastOffsetAt, placeBatch, readBatchInfo, TRANSACTIONAL } from './batch.ts'
import { type Checkpoint, writeCheckpoint } from './checkpoint.ts'
import { EpochHistory } from './epochs.ts'
import type { Handles } from './handles.ts'
import { ProducerState } from './producer-state.ts'
import { markerOf } from './records.ts'
import { Segment, segmentFor } from './segment.ts'

/** The limits of a log, read at each use: topic configuration can change while it is open. */
export interface LogConfig {
  segmentBytes: number
  segmentMs: number
}

/** What a read gives: whole batches, and the offset to go on at. */
export interface ReadResult {
  records: Buffer
  nextOffset: number
}

const EMPTY = Buffer.alloc(0)
const MAX_RELATIVE_OFFSET = 2147483647

/** An append-only sequence of record batches in segment files. It knows nothing of replicas: the high watermark is Partition's. */
export class Log {
  readonly directory: string
  readonly handles: Handles
  readonly config: () => LogConfig
  readonly producers = new ProducerState()
  readonly epochs = new EpochHistory()
  segments: Segment[] = []
  logStartOffset = 0
  /** The offset of the next record: the log end offset. */
  nextOffset = 0
  /** Everything before it is on the device. */
  syncedOffset = 0
  /** Compaction has seen everything before it (in this run: a restart may do it again). */
  cleanedOffset = 0
  /** Bytes appended since the last checkpoint: what recovery would have to read. */
  uncheckpointedBytes = 0
  #dirty = new Set<Segment>()
  #namesChanged = false
  #newDirectory = false
  #checkpoint: Checkpoint | null = null
  #created = false
  #busy: Promise<void> = Promise.resolve()

  constructor(directory: string, handles: Handles, config: () => LogConfig) {
    this.directory = directory
    this.handles = handles
    this.config = config
  }

  get active(): Segment | undefined {
    return this.segments.at(-1)
  }

  /** Bytes of all segments. */
  get size(): number {
    return this.segments.reduce((sum, segment) => sum + segment.size, 0)
  }

  /** Takes over what recovery found. */
  adopt(checkpoint: Checkpoint | null): void {
    this.#checkpoint = checkpoint
    this.#created = true
    this.syncedOffset = checkpoint ? Math.min(checkpoint.offset, this.nextOffset) : this.logStartOffset
    if (this.syncedOffset < this.nextOffset && this.active) for (const s of this.segments) this.#dirty.add(s)
  }

  /**
   * Gives the batch the next offsets and writes it to the active segment, rolling first when that is full or too old.
   * Returns the batch as placed. @throws the file system's error; then nothing was appended
   */
  append(batch: Buffer, leaderEpoch: number, now: number): BatchInfo {
    placeBatch(batch, this.nextOffset, leaderEpoch)
    const info = readBatchInfo(batch)
    const segment = this.#writable(batch.length, info.lastOffset, now)
    segment.append(batch, info)
    this.#dirty.add(segment)
    this.account(batch, info, now)
    this.uncheckpointedBytes += batch.length
    return info
  }

  /** Takes a batch at the end of the log into the state that is kept about it; shared by append and recovery. */
  account(batch: Buffer, info: BatchInfo, now: number): void {
    this.nextOffset = info.lastOffset + 1
    this.epochs.note(info.leaderEpoch, info.baseOffset)
    if (info.producerId < 0) return
    if (info.attributes & CONTROL) {
      const commit = markerOf(batch)
      if (commit !== null) this.producers.marked(info, commit, now)
    } else {
      this.producers.appended(info, (info.attributes & TRANSACTIONAL) !== 0, now)
    }
  }

  #writable(bytes: number, lastOffset: number, now: number): Segment {
    const { segmentBytes, segmentMs } = this.config()
    const active = this.active
    const full =
      active &&
      active.size > 0 &&
      (active.size + bytes > segmentBytes || now - active.createdAt > segmentMs || lastOffset - active.baseOffset > MAX_RELATIVE_OFFSET)
    if (active && !full) {
      if (active.size === 0) active.createdAt = now
      return active
    }
    return this.roll(now)
  }

  /** Closes the active segment and starts the next one. */
  roll(now: number): Segment {
    if (!this.#created) {
      this.handles.disk.makeDirectory(this.directory)
      this.#created = this.#newDirectory = true
    }
    if (this.active) {
      this.active.seal()
      this.#dirty.add(this.active)
    }
    const segment = new Segment(this.directory, this.nextOffset, this.handles, now)
    this.handles.get(segment.file)
    this.segments.push(segment)
    this.#namesChanged = true
    return segment
  }

  /**
   * Whole batches from the one that holds `offset` on, ending before `endOffset`, up to `maxBytes`; the first batch is given even
   * when it is larger, so that a reader always gets on (KIP-74) - unless `atLeastOne` is false.
   */
  read(offset: number, maxBytes: number, endOffset: number, atLeastOne = true): ReadResult {
    for (let i = segmentFor(this.segments, offset); i < this.segments.length; i++) {
      const segment = this.segments[i]!
      const position = segment.locate(offset)
      if (position >= segment.size) continue
      let chunk = segment.read(position, Math.max(maxBytes, BATCH_HEADER))
      const first = chunk.length >= BATCH_HEADER ? batchSizeAt(chunk, 0) : 0
      if (first > maxBytes && !atLeastOne) return { records: EMPTY, nextOffset: offset }
      if (first > chunk.length) chunk = segment.read(position, first)
      let end = 0
      let nextOffset = offset
      while (end + BATCH_HEADER <= chunk.length) {
        const size = batchSizeAt(chunk, end)
        const last = lastOffsetAt(chunk, end)
        if (end + size > chunk.length || last >= endOffset || (end > 0 && end + size > maxBytes)) break
        end += size
        nextOffset = last + 1
      }
      if (end > 0) segment.remember(nextOffset, position + end)
      return { records: chunk.subarray(0, end), nextOffset }
    }
    return { records: EMPTY, nextOffset: offset }
  }

  /** Waits until everything appended before the call is on the device; advances `syncedOffset`. Calls are answered in order. */
  sync(): Promise<void> {
    const run = this.#busy.then(() => this.#sync(false))
    this.#busy = run.catch(() => {})
    return run
  }

  async #sync(withIndexes: boolean): Promise<void> {
    const target = this.nextOffset
    const dirty = [...this.#dirty]
    const names = this.#namesChanged
    const newDirectory = this.#newDirectory
    this.#dirty.clear()
    this.#namesChanged = this.#newDirectory = false
    try {
      for (const segment of dirty) await segment.sync(withIndexes || segment !== this.active)
      if (names) {
        await this.handles.disk.syncDirectory(this.directory)
        if (newDirectory) for (const parent of parentsOf(this.directory)) await this.handles.disk.syncDirectory(parent)
      }
    } catch (error) {
      for (const segment of dirty) this.#dirty.add(segment)
      this.#namesChanged ||= names
      this.#newDirectory ||= newDirectory
      throw error
    }
    this.syncedOffset = Math.max(this.syncedOffset, target)
  }

  /** Syncs, then writes down how far: the next start reads the log only from here. */
  checkpoint(): Promise<void> {
    const run = this.#busy.then(async () => {
      const active = this.active
      if (!this.#created || !active) return
      active.saveIndexes()
      this.#dirty.add(active)
      const next: Checkpoint = {
        version: 1,
        logStartOffset: this.logStartOffset,
        segment: active.baseOffset,
        position: active.size,
        offset: this.nextOffset,
        epochs: this.epochs.entries.slice(),
        producers: this.producers.snapshot(),
      }
      this.uncheckpointedBytes = 0
      await this.#sync(true)
      await this.#write(next)
    })
    this.#busy = run.catch(() => {})
    return run
  }

  async #write(next: Checkpoint): Promise<void> {
    next.logStartOffset = this.logStartOffset
    await writeCheckpoint(this.handles.disk, this.directory, next)
    this.#checkpoint = next
  }

  /** True when a checkpoint would say something new. */
  get needsCheckpoint(): boolean {
    return this.#created && this.active !== undefined && (this.uncheckpointedBytes > 0 || this.#checkpoint?.offset !== this.nextOffset)
  }

  /** Moves the start of the log forward, removes segments that lie wholly before it, and makes the new start durable. */
  async startAt(offset: number): Promise<void> {
    if (offset <= this.logStartOffset) return
    this.logStartOffset = offset
    this.dropSegments((_, end) => end <= offset)
    if (!this.active) return
    const run = this.#busy.then(() => (this.#checkpoint ? this.#write(this.#checkpoint) : undefined))
    this.#busy = run.catch(() => {})
    await run
    if (!this.#checkpoint) await this.checkpoint()
  }

  /** Removes the leading segments for which `gone` holds; the log then starts at the first that is left. Returns how many. */
  dropSegments(gone: (segment: Segment, endOffset: number) => boolean): number {
    let dropped = 0
    while (this.segments.length > 1 && gone(this.segments[0]!, this.segments[1]!.baseOffset)) {
      const segment = this.segments.shift()!
      this.#dirty.delete(segment)
      segment.remove()
      dropped++
    }
    if (dropped > 0) this.logStartOffset = Math.max(this.logStartOffset, this.segments[0]!.baseOffset)
    return dropped
  }

  /**
   * Puts compacted segments in the place of the ones they were made from. Each is synced before its name replaces the old one, so a
   * crash leaves the old or the new; both hold the newest record of every key.
   */
  replaceSegments(old: Segment[], clean: Segment[], cleanedOffset: number): Promise<void> {
    const run = this.#busy.then(async () => {
      for (const segment of clean) await segment.sync(true)
      // Retention or a deletion may have come in between.
      if (!old.every(s => this.segments.includes(s))) {
        for (const segment of clean) segment.remove()
        return
      }
      for (const [i, segment] of old.entries()) this.#swap(segment, clean[i]!)
      this.cleanedOffset = cleanedOffset
      this.producers.dropAbortedBefore(cleanedOffset)
      await this.handles.disk.syncDirectory(this.directory)
    })
    this.#busy = run.catch(() => {})
    return run
  }

  #swap(old: Segment, clean: Segment): void {
    const files = (s: Segment) => [s.file, s.offsetIndex.file, s.timeIndex.file]
    for (const file of [...files(old), ...files(clean)]) this.handles.close(file)
    // The old indexes go first: a crash in between leaves a segment without indexes, which recovery rebuilds, never a wrong pair.
    this.handles.disk.remove(old.offsetIndex.file)
    this.handles.disk.remove(old.timeIndex.file)
    for (const [i, file] of files(old).entries()) this.handles.disk.rename(files(clean)[i]!, file)
    const fresh = new Segment(this.directory, old.baseOffset, this.handles, old.createdAt)
    fresh.attach()
    this.segments[this.segments.indexOf(old)] = fresh
    this.#dirty.delete(old)
  }

  /** Waits for what is under way, then closes the files. */
  async close(): Promise<void> {
    await this.#busy
    for (const segment of this.segments)
      for (const file of [segment.file, segment.offsetIndex.file, segment.timeIndex.file]) this.handles.close(file)
  }
}

/** The directories in which a new partition directory is a name: the topic's, `topics`, and the data directory. */
const parentsOf = (directory: string) => [1, 2, 3].map(up => path.join(directory, ...Array(up).fill('..')))
