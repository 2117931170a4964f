import { KafkaError } from '../protocol/errors.ts'
import { BATCH_HEADER, type BatchInfo, batchSizeAt, CONTROL, isIntactBatch, readBatchInfo, stampAppendTime } from '../storage/batch.ts'
import type { Log } from '../storage/log.ts'
import type { AbortedTxn } from '../storage/producer-state.ts'
import type { TopicSettings } from './topic-configs.ts'

/** What an append gives: where the batch is, or where it already was. */
export interface Appended {
  baseOffset: number
  lastOffset: number
  appendTime: number
  duplicate: boolean
}

/** What a partition needs from the node. */
export interface PartitionHost {
  /** A checkpoint is written after this much new log. */
  checkpointBytes: number
  /** The device failed: nothing more can be promised. */
  onFailure(error: unknown): void
}

/**
 * One partition as its leader sees it. The log end offset is the log's; the high watermark is kept here, apart from it: readers see
 * only what is below, and acks=all waits for it. With one replica it follows what this replica holds; a follower's progress would
 * enter in `#advance`, as one more term of the minimum.
 */
export class Partition {
  readonly topic: string
  readonly index: number
  readonly log: Log
  readonly leaderEpoch: number
  readonly settings: () => TopicSettings
  /** Everything before it is committed. */
  highWatermark = 0
  #acks: { offset: number; resolve: () => void; reject: (error: unknown) => void }[] = []
  readonly #watchers = new Set<(bytes: number) => void>()
  #flushing = false
  #flushTimer: NodeJS.Timeout | null = null
  #unflushed = 0
  #failure: unknown = null
  #checkpointing = false
  readonly #host: PartitionHost

  constructor(topic: string, index: number, log: Log, leaderEpoch: number, settings: () => TopicSettings, host: PartitionHost) {
    this.topic = topic
    this.index = index
    this.log = log
    this.leaderEpoch = leaderEpoch
    this.settings = settings
    this.#host = host
    // After a restart all that recovery kept is this replica's; with more replicas it would be what they have in common.
    this.highWatermark = log.nextOffset
  }

  /** Readers at isolation level read_committed stop here: before the first transaction still open. */
  get lastStableOffset(): number {
    const unstable = this.log.producers.firstUnstableOffset()
    return unstable === null ? this.highWatermark : Math.min(unstable, this.highWatermark)
  }

  /** Aborted transactions that overlap `[from, to)`. */
  abortedBetween(from: number, to: number): AbortedTxn[] {
    return this.log.producers.abortedBetween(from, to)
  }

  /**
   * Checks and appends a batch that a client sent. It is not acknowledged yet: see {@link acknowledged}.
   * @throws KafkaError CORRUPT_MESSAGE, MESSAGE_TOO_LARGE, INVALID_RECORD, INVALID_TIMESTAMP, and those of ProducerState.check
   */
  appendFromClient(batch: Buffer, now: number): Appended {
    const info = this.#check(batch, now)
    const seen = info.producerId >= 0 ? this.log.producers.check(info) : null
    if (seen) {
      const lastOffset = seen.baseOffset + info.lastOffset - info.baseOffset
      return { baseOffset: seen.baseOffset, lastOffset, appendTime: -1, duplicate: true }
    }
    const appendTime = this.settings().appendTime
    if (appendTime) stampAppendTime(batch, now)
    return { ...this.append(batch, now), appendTime: appendTime ? now : -1 }
  }

  /** Appends a batch of the broker's own (internal topics, markers). */
  append(batch: Buffer, now: number): Appended {
    if (this.#failure) throw new KafkaError('KAFKA_STORAGE_ERROR', 'the log directory has failed')
    const { baseOffset, lastOffset } = this.log.append(batch, this.leaderEpoch, now)
    this.#unflushed += lastOffset - baseOffset + 1
    this.#advance(batch.length)
    this.#planFlush()
    if (this.log.uncheckpointedBytes > this.#host.checkpointBytes) void this.#checkpoint()
    return { baseOffset, lastOffset, appendTime: -1, duplicate: false }
  }

  #check(batch: Buffer, now: number): BatchInfo {
    const settings = this.settings()
    if (batch.length < BATCH_HEADER) throw new KafkaError('CORRUPT_MESSAGE', `a batch of ${batch.length} bytes is shorter than its header`)
    if (batch[16] !== 2) throw new KafkaError('UNSUPPORTED_FOR_MESSAGE_FORMAT', `record format ${batch[16]} is not supported, only 2`)
    const size = batchSizeAt(batch, 0)
    if (size < batch.length && size >= BATCH_HEADER)
      throw new KafkaError('INVALID_RECORD', 'exactly one record batch per partition is allowed')
    if (!isIntactBatch(batch)) throw new KafkaError('CORRUPT_MESSAGE', 'length or checksum of the batch is wrong')
    if (batch.length > settings.maxMessageBytes) {
      throw new KafkaError('MESSAGE_TOO_LARGE', `the batch has ${batch.length} bytes, max.message.bytes is ${settings.maxMessageBytes}`)
    }
    const info = readBatchInfo(batch)
    if (info.attributes & CONTROL) throw new KafkaError('INVALID_RECORD', 'clients may not write control batches')
    if (info.recordsCount <= 0 || info.lastOffset - info.baseOffset !== info.recordsCount - 1) {
      throw new KafkaError('INVALID_RECORD', 'count and last offset of the batch do not agree')
    }
    if (info.producerId >= 0 && (info.producerEpoch < 0 || info.baseSequence < 0)) {
      throw new KafkaError('INVALID_RECORD', 'a producer id needs an epoch and a sequence')
    }
    const late = now - info.maxTimestamp > settings.timestampBeforeMaxMs
    if (!settings.appendTime && (late || info.maxTimestamp - now > settings.timestampAfterMaxMs)) {
      throw new KafkaError('INVALID_TIMESTAMP', `the record time ${info.maxTimestamp} is out of the allowed range`)
    }
    return info
  }

  /** True when acknowledgements wait for the device. */
  get #syncFirst(): boolean {
    return this.settings().flushMessages <= 1
  }

  #advance(bytes: number): void {
    const held = this.#syncFirst ? this.log.syncedOffset : this.log.nextOffset
    if (held > this.highWatermark) this.highWatermark = held
    while (this.#acks.length && this.#acks[0]!.offset < this.highWatermark) this.#acks.shift()!.resolve()
    this.wake(bytes)
  }

  /** Resolves when the record at `offset` is committed as the policy says; undefined when it already is, so that no turn is lost. */
  acknowledged(offset: number): Promise<void> | undefined {
    if (offset < this.highWatermark) return undefined
    return new Promise((resolve, reject) => this.#acks.push({ offset, resolve, reject }))
  }

  #planFlush(): void {
    const { flushMessages, flushMs } = this.settings()
    if (this.#unflushed >= flushMessages) void this.flush()
    else if (!this.#flushTimer && flushMs < 2 ** 31) this.#flushTimer = setTimeout(() => void this.flush(), flushMs)
  }

  /** Syncs until the device has everything: one sync serves every append that waited meanwhile (group commit). */
  async flush(): Promise<void> {
    if (this.#flushTimer) clearTimeout(this.#flushTimer)
    this.#flushTimer = null
    if (this.#flushing) return
    this.#flushing = true
    try {
      do {
        this.#unflushed = 0
        await this.log.sync()
        this.#advance(0)
      } while (this.#syncFirst && this.log.syncedOffset < this.log.nextOffset)
    } catch (error) {
      this.#failure = error
      for (const waiting of this.#acks.splice(0)) waiting.reject(new KafkaError('KAFKA_STORAGE_ERROR', String(error)))
      this.#host.onFailure(error)
    } finally {
      this.#flushing = false
    }
  }

  async #checkpoint(): Promise<void> {
    if (this.#checkpointing) return
    this.#checkpointing = true
    await this.log.checkpoint().catch(error => this.#host.onFailure(error))
    this.#checkpointing = false
  }

  /** Calls `watcher` when there may be more to read, with the number of bytes appended; returns the function that ends it. */
  watch(watcher: (bytes: number) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** How many wait for more. */
  get watchers(): number {
    return this.#watchers.size
  }

  /** Tells the watchers. */
  wake(bytes: number): void {
    for (const watcher of [...this.#watchers]) watcher(bytes)
  }

  /** Ends its timer and refuses who still waits. */
  dispose(): void {
    if (this.#flushTimer) clearTimeout(this.#flushTimer)
    this.#flushTimer = null
    this.#failure ??= new Error('closed')
    for (const waiting of this.#acks.splice(0)) waiting.reject(new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', 'the partition is gone'))
    this.wake(Number.MAX_SAFE_INTEGER)
  }
}
