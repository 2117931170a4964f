import { InternalTopic } from '../cluster/internal-topic.ts'
import type { Topics } from '../cluster/topics.ts'
import { KafkaError } from '../protocol/errors.ts'
import { buildMarker } from '../storage/records.ts'
import { readTxnRecord, type StoredTxn, txnRecord } from './txn-records.ts'

/** Limits and times of transactions, by Kafka's names. */
export interface TxnOptions {
  maxTimeoutMs: number
  statePartitions: number
  stateSegmentBytes: number
  idExpirationMs: number
}

/** A producer's identity. */
export interface ProducerIdentity {
  producerId: number
  producerEpoch: number
}

interface Txn extends StoredTxn {
  topics: Map<string, Set<number>>
  timer: NodeJS.Timeout | null
  /** A state change is being written: who comes meanwhile is told to try again. */
  busy: boolean
}

const LAST_EPOCH = 32766

/**
 * Coordinates transactions (KIP-98): Empty → Ongoing → PrepareCommit | PrepareAbort → CompleteCommit | CompleteAbort.
 * The decision is the Prepare record: once it is committed, markers are written to every partition, after a crash again. A marker
 * twice does no harm; a decision lost would.
 */
export class TxnCoordinator {
  readonly options: TxnOptions
  readonly topic: InternalTopic
  readonly #topics: Topics
  readonly #newProducerId: () => Promise<number>
  readonly #txns = new Map<string, Txn>()
  #closed = false
  /** Told when a marker has gone to a partition of `__consumer_offsets`. */
  onOffsetsMarker: (partition: number, producerId: number, commit: boolean) => void = () => {}
  readonly counts = { committed: 0, aborted: 0, timedOut: 0, fenced: 0 }

  constructor(topics: Topics, newProducerId: () => Promise<number>, options: TxnOptions) {
    this.options = options
    this.#topics = topics
    this.#newProducerId = newProducerId
    this.topic = new InternalTopic('__transaction_state', topics, options.statePartitions, options.stateSegmentBytes)
  }

  /** Rebuilds the state, ends what was decided before the crash, and starts the timers of what was not. */
  async load(): Promise<void> {
    this.topic.replay({
      records: (_, records) => {
        for (const record of records) {
          if (!record.key) continue
          const { transactionalId, txn } = readTxnRecord(record.key, record.value)
          if (!txn) this.#txns.delete(transactionalId)
          else this.#txns.set(transactionalId, revive(txn))
        }
      },
      marker: () => {},
    })
    for (const txn of this.#txns.values()) {
      if (txn.state === 'PrepareCommit' || txn.state === 'PrepareAbort') await this.#finish(txn)
      else if (txn.state === 'Ongoing') this.#startTimer(txn)
    }
  }

  /** An id and epoch for a producer; a transactional id's earlier holder is fenced and its open transaction aborted. @throws KafkaError */
  async initProducerId(transactionalId: string | null, timeoutMs: number, expected: ProducerIdentity): Promise<ProducerIdentity> {
    if (transactionalId === null) return { producerId: await this.#newProducerId(), producerEpoch: 0 }
    if (transactionalId === '') throw new KafkaError('INVALID_REQUEST', 'an empty transactional id')
    if (timeoutMs <= 0 || timeoutMs > this.options.maxTimeoutMs) throw new KafkaError('INVALID_TRANSACTION_TIMEOUT')
    await this.topic.ensure()
    const known = this.#txns.get(transactionalId)
    if (!known) return this.#first(transactionalId, timeoutMs)
    if (expected.producerId >= 0 && (expected.producerId !== known.producerId || expected.producerEpoch !== known.producerEpoch)) {
      throw new KafkaError('PRODUCER_FENCED')
    }
    if (known.busy) throw new KafkaError('CONCURRENT_TRANSACTIONS')
    return this.#exclusive(known, async () => {
      // The epoch rises before the abort: markers carry the new epoch, so that the old holder is refused by every partition at once.
      if (known.state === 'Ongoing') {
        known.producerEpoch++
        this.counts.fenced++
        await this.#end(known, false)
      }
      if (known.producerEpoch >= LAST_EPOCH) {
        known.producerId = await this.#newProducerId()
        known.producerEpoch = 0
      } else known.producerEpoch++
      known.timeoutMs = timeoutMs
      known.state = 'Empty'
      known.topics.clear()
      known.startedAt = -1
      await this.#persist(known)
      return { producerId: known.producerId, producerEpoch: known.producerEpoch }
    })
  }

  async #first(transactionalId: string, timeoutMs: number): Promise<ProducerIdentity> {
    const txn = revive({
      transactionalId,
      producerId: -1,
      producerEpoch: 0,
      timeoutMs,
      state: 'Empty',
      partitions: [],
      updatedAt: Date.now(),
      startedAt: -1,
    })
    this.#txns.set(transactionalId, txn)
    return this.#exclusive(txn, async () => {
      try {
        txn.producerId = await this.#newProducerId()
        await this.#persist(txn)
      } catch (error) {
        this.#txns.delete(transactionalId)
        throw error
      }
      return { producerId: txn.producerId, producerEpoch: 0 }
    })
  }

  /** Makes partitions part of the transaction, and begins it if it has not begun. @throws KafkaError */
  async addPartitions(transactionalId: string, who: ProducerIdentity, partitions: { topic: string; partition: number }[]): Promise<void> {
    const txn = this.#holder(transactionalId, who)
    if (txn.state === 'PrepareCommit' || txn.state === 'PrepareAbort') throw new KafkaError('CONCURRENT_TRANSACTIONS')
    const begins = txn.state !== 'Ongoing'
    if (!begins && partitions.every(p => txn.topics.get(p.topic)?.has(p.partition))) return
    await this.#exclusive(txn, async () => {
      if (begins) {
        txn.topics.clear()
        txn.startedAt = Date.now()
      }
      for (const { topic, partition } of partitions) {
        const set = txn.topics.get(topic) ?? new Set()
        txn.topics.set(topic, set.add(partition))
      }
      txn.state = 'Ongoing'
      await this.#persist(txn)
      if (begins) this.#startTimer(txn)
    })
  }

  /** Commits or aborts. Repeating the same end is answered as done. @throws KafkaError */
  async endTxn(transactionalId: string, who: ProducerIdentity, commit: boolean): Promise<void> {
    const txn = this.#holder(transactionalId, who)
    if (txn.state === (commit ? 'CompleteCommit' : 'CompleteAbort')) return
    if (txn.state !== 'Ongoing') throw new KafkaError('INVALID_TXN_STATE')
    await this.#exclusive(txn, () => this.#end(txn, commit))
  }

  async #end(txn: Txn, commit: boolean): Promise<void> {
    if (txn.timer) clearTimeout(txn.timer)
    txn.timer = null
    txn.state = commit ? 'PrepareCommit' : 'PrepareAbort'
    await this.#persist(txn)
    await this.#finish(txn)
  }

  /** Writes the markers of a decided transaction, then its Complete record. */
  async #finish(txn: Txn): Promise<void> {
    const commit = txn.state === 'PrepareCommit'
    const now = Date.now()
    const waits: (Promise<void> | undefined)[] = []
    for (const [topic, indexes] of txn.topics) {
      for (const index of indexes) {
        // A partition deleted meanwhile needs no marker.
        const partition = this.#topics.partition(topic, index)
        if (!partition) continue
        const { lastOffset } = partition.append(buildMarker(txn.producerId, txn.producerEpoch, commit, now), now)
        waits.push(partition.acknowledged(lastOffset))
        if (topic === '__consumer_offsets') this.onOffsetsMarker(index, txn.producerId, commit)
      }
    }
    await Promise.all(waits)
    txn.topics.clear()
    txn.state = commit ? 'CompleteCommit' : 'CompleteAbort'
    this.counts[commit ? 'committed' : 'aborted']++
    await this.#persist(txn)
  }

  /** True when this partition belongs to the producer's open transaction; a produce without that would hang readers for ever. */
  isOpenFor(transactionalId: string, who: ProducerIdentity, topic: string, partition: number): boolean {
    const txn = this.#txns.get(transactionalId)
    return txn?.state === 'Ongoing' && txn.producerId === who.producerId && txn.topics.get(topic)?.has(partition) === true
  }

  #holder(transactionalId: string, who: ProducerIdentity): Txn {
    if (transactionalId === '') throw new KafkaError('INVALID_REQUEST')
    const txn = this.#txns.get(transactionalId)
    if (!txn || txn.producerId !== who.producerId) throw new KafkaError('INVALID_PRODUCER_ID_MAPPING')
    if (txn.producerEpoch !== who.producerEpoch) throw new KafkaError('PRODUCER_FENCED')
    if (txn.busy) throw new KafkaError('CONCURRENT_TRANSACTIONS')
    return txn
  }

  async #exclusive<T>(txn: Txn, change: () => Promise<T>): Promise<T> {
    txn.busy = true
    try {
      return await change()
    } finally {
      txn.busy = false
    }
  }

  async #persist(txn: Txn): Promise<void> {
    txn.updatedAt = Date.now()
    txn.partitions = [...txn.topics].map(([topic, set]) => ({ topic, partitionIds: [...set] }))
    await this.topic.append(txn.transactionalId, [txnRecord(txn)])
  }

  /** A transaction left open is aborted when its time is up, its producer fenced: readers wait no longer than that. */
  #startTimer(txn: Txn): void {
    const left = Math.max(0, txn.startedAt + txn.timeoutMs - Date.now())
    const abort = async () => {
      if (this.#closed || txn.state !== 'Ongoing') return
      if (txn.busy) return this.#startTimer(txn)
      this.counts.timedOut++
      await this.#exclusive(txn, async () => {
        txn.producerEpoch++
        await this.#end(txn, false)
      }).catch(() => {})
    }
    if (txn.timer) clearTimeout(txn.timer)
    txn.timer = setTimeout(() => void abort(), Math.max(left, 10))
  }

  get(transactionalId: string): StoredTxn | undefined {
    return this.#txns.get(transactionalId)
  }
  all(): StoredTxn[] {
    return [...this.#txns.values()]
  }

  /** Forgets ids that have done nothing for the expiration time. */
  async expire(now: number): Promise<void> {
    for (const txn of [...this.#txns.values()]) {
      const idle = txn.state === 'Empty' || txn.state === 'CompleteCommit' || txn.state === 'CompleteAbort'
      if (!idle || txn.busy || txn.updatedAt > now - this.options.idExpirationMs) continue
      this.#txns.delete(txn.transactionalId)
      await this.topic.append(txn.transactionalId, [txnRecord(txn, true)])
    }
  }

  /** Ends all timers. */
  close(): void {
    this.#closed = true
    for (const txn of this.#txns.values()) if (txn.timer) clearTimeout(txn.timer)
  }
}

function revive(stored: StoredTxn): Txn {
  const topics = new Map(stored.partitions.map(p => [p.topic, new Set(p.partitionIds)]))
  return { ...stored, topics, timer: null, busy: false }
}
