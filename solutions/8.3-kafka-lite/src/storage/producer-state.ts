import { KafkaError } from '../protocol/errors.ts'
import type { BatchInfo } from './batch.ts'

/** Kafka remembers this many batches of each producer to recognise a repetition. */
const REMEMBERED_BATCHES = 5
const MAX_SEQUENCE = 2147483647

/** A batch that was accepted: its sequence numbers and where it is. */
export interface SeenBatch {
  firstSequence: number
  lastSequence: number
  baseOffset: number
  timestamp: number
}

/** What a partition knows of one producer. */
export interface ProducerEntry {
  epoch: number
  batches: SeenBatch[]
  /** First offset of its open transaction here; -1 when none is open. */
  txnFirstOffset: number
  lastTimestamp: number
  /** When it was last heard of by our own clock (ms): record times are the client's and may lie far back. */
  seenAt: number
}

/** A transaction that was aborted: readers skip its records between these offsets. */
export interface AbortedTxn {
  producerId: number
  firstOffset: number
  /** The offset of its abort marker. */
  lastOffset: number
}

/** The form in which the state is kept in a checkpoint. */
export interface ProducerSnapshot {
  producers: [number, ProducerEntry][]
  aborted: AbortedTxn[]
}

const nextSequence = (sequence: number, count: number) =>
  sequence + count > MAX_SEQUENCE ? sequence + count - MAX_SEQUENCE - 1 : sequence + count

/** The last sequence number of a batch; numbers wrap to 0 after 2^31 - 1. */
export const lastSequenceOf = (batch: BatchInfo) => nextSequence(batch.baseSequence, batch.lastOffset - batch.baseOffset)

/**
 * Per-partition state of idempotent and transactional producers (KIP-98): refuses gaps and old epochs, recognises repeated
 * batches, knows open transactions (and so the first unstable offset) and aborted ones.
 */
export class ProducerState {
  readonly producers = new Map<number, ProducerEntry>()
  aborted: AbortedTxn[] = []

  /**
   * Checks a batch before it is appended. Returns the earlier batch when it is a repetition, else null.
   * @throws KafkaError INVALID_PRODUCER_EPOCH (a zombie), OUT_OF_ORDER_SEQUENCE_NUMBER (a gap)
   */
  check(batch: BatchInfo): SeenBatch | null {
    const entry = this.producers.get(batch.producerId)
    if (!entry) return null
    if (batch.producerEpoch < entry.epoch) {
      throw new KafkaError(
        'INVALID_PRODUCER_EPOCH',
        `epoch ${batch.producerEpoch} of producer ${batch.producerId} is older than ${entry.epoch}`,
      )
    }
    if (batch.producerEpoch > entry.epoch) {
      if (batch.baseSequence === 0) return null
      throw new KafkaError('OUT_OF_ORDER_SEQUENCE_NUMBER', `a new epoch must begin at sequence 0, not ${batch.baseSequence}`)
    }
    const last = lastSequenceOf(batch)
    const seen = entry.batches.find(b => b.firstSequence === batch.baseSequence && b.lastSequence === last)
    if (seen) return seen
    const previous = entry.batches.at(-1)
    const expected = previous ? nextSequence(previous.lastSequence, 1) : 0
    if (batch.baseSequence !== expected) {
      throw new KafkaError('OUT_OF_ORDER_SEQUENCE_NUMBER', `sequence ${batch.baseSequence} where ${expected} was expected`)
    }
    return null
  }

  /** Takes an appended (or, in recovery, found) data batch into account. */
  appended(batch: BatchInfo, transactional: boolean, now: number): void {
    if (batch.producerId < 0) return
    const entry = this.#entry(batch.producerId, batch.producerEpoch, now)
    entry.batches.push({
      firstSequence: batch.baseSequence,
      lastSequence: lastSequenceOf(batch),
      baseOffset: batch.baseOffset,
      timestamp: batch.maxTimestamp,
    })
    if (entry.batches.length > REMEMBERED_BATCHES) entry.batches.shift()
    entry.lastTimestamp = batch.maxTimestamp
    if (transactional && entry.txnFirstOffset < 0) entry.txnFirstOffset = batch.baseOffset
  }

  /** Takes a transaction marker into account: the open transaction ends here. */
  marked(batch: BatchInfo, commit: boolean, now: number): void {
    const entry = this.#entry(batch.producerId, batch.producerEpoch, now)
    if (entry.txnFirstOffset >= 0 && !commit) {
      this.aborted.push({ producerId: batch.producerId, firstOffset: entry.txnFirstOffset, lastOffset: batch.baseOffset })
    }
    entry.txnFirstOffset = -1
    entry.lastTimestamp = batch.maxTimestamp
  }

  #entry(producerId: number, epoch: number, now: number): ProducerEntry {
    let entry = this.producers.get(producerId)
    if (!entry) this.producers.set(producerId, (entry = { epoch, batches: [], txnFirstOffset: -1, lastTimestamp: -1, seenAt: now }))
    entry.seenAt = now
    if (epoch > entry.epoch) {
      entry.epoch = epoch
      entry.batches = []
    }
    return entry
  }

  /** The first offset that belongs to a transaction still open; null when there is none. */
  firstUnstableOffset(): number | null {
    let first: number | null = null
    for (const { txnFirstOffset } of this.producers.values()) {
      if (txnFirstOffset >= 0 && (first === null || txnFirstOffset < first)) first = txnFirstOffset
    }
    return first
  }

  /** Aborted transactions that overlap `[from, to)`. The list is in the order of the markers. */
  abortedBetween(from: number, to: number): AbortedTxn[] {
    let low = 0
    let high = this.aborted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.aborted[middle]!.lastOffset < from) low = middle + 1
      else high = middle
    }
    return this.aborted.slice(low).filter(txn => txn.firstOffset < to)
  }

  /** Compaction removed the records of aborted transactions that ended before `offset`: nothing is left to be skipped. */
  dropAbortedBefore(offset: number): void {
    this.aborted = this.aborted.filter(txn => txn.lastOffset >= offset)
  }

  /** Forgets aborted transactions that ended before the log's start, and producers not heard of since `before` (ms). */
  expire(logStartOffset: number, before: number): void {
    if (this.aborted.length && this.aborted[0]!.lastOffset < logStartOffset) {
      this.aborted = this.aborted.filter(txn => txn.lastOffset >= logStartOffset)
    }
    for (const [id, entry] of this.producers) {
      if (entry.txnFirstOffset < 0 && entry.seenAt < before) this.producers.delete(id)
    }
  }

  snapshot(): ProducerSnapshot {
    return { producers: structuredClone([...this.producers]), aborted: this.aborted.slice() }
  }

  restore(snapshot: ProducerSnapshot): void {
    this.producers.clear()
    for (const [id, entry] of structuredClone(snapshot.producers)) this.producers.set(id, entry)
    this.aborted = snapshot.aborted.slice()
  }
}
