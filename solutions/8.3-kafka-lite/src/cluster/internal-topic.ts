import type { BatchInfo } from '../storage/batch.ts'
import { CONTROL, TRANSACTIONAL } from '../storage/batch.ts'
import { buildBatch, type LogRecord, markerOf, readRecords } from '../storage/records.ts'
import type { Partition } from './partition.ts'
import type { Topic, Topics } from './topics.ts'

/** A key and its newest value; a null value is a tombstone. */
export interface KeyValue {
  key: Buffer
  value: Buffer | null
}

/** What replay hands out, in log order: records of a batch, or the marker that ends a producer's transaction. */
export interface ReplayHandler {
  records(partition: number, records: LogRecord[], transactionOf: number | null): void
  marker(partition: number, producerId: number, commit: boolean): void
}

/** Java's String.hashCode: it decides which partition of an internal topic a group or transactional id belongs to. */
export function javaHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}

/** A compacted topic in which the broker keeps state of its own: the newest record of each key counts. */
export class InternalTopic {
  readonly name: string
  readonly #topics: Topics
  readonly #partitionCount: number
  readonly #segmentBytes: number

  constructor(name: string, topics: Topics, partitionCount: number, segmentBytes: number) {
    this.name = name
    this.#topics = topics
    this.#partitionCount = partitionCount
    this.#segmentBytes = segmentBytes
  }

  /** Creates the topic where it is missing; as in Kafka, the first group or transaction brings it about. */
  async ensure(): Promise<Topic> {
    const known = this.#topics.get(this.name)
    if (known) return known
    const topic = this.#topics.create(this.name, this.#partitionCount, {
      'cleanup.policy': 'compact',
      'compression.type': 'producer',
      'segment.bytes': String(this.#segmentBytes),
    })
    await this.#topics.save()
    return topic
  }

  /** The partition that an id's records belong to. */
  partitionOf(id: string): number {
    const count = this.#topics.get(this.name)?.partitions.length ?? this.#partitionCount
    return (javaHash(id) & 0x7fffffff) % count
  }

  /** The partition itself. */
  partition(index: number): Partition | undefined {
    return this.#topics.partition(this.name, index)
  }

  /** Appends records under an id; resolves when they are committed under the fsync policy. */
  async append(id: string, entries: KeyValue[], txn?: { producerId: number; producerEpoch: number }): Promise<void> {
    const topic = await this.ensure()
    const now = Date.now()
    const records = entries.map((entry, offset) => ({ offset, timestamp: now, ...entry }))
    const batch = buildBatch(records, txn ? { ...txn, transactional: true } : {})
    const partition = topic.partitions[this.partitionOf(id)]!
    const { lastOffset } = partition.append(batch, now)
    await partition.acknowledged(lastOffset)
  }

  /** Reads everything, oldest first. */
  replay(handler: ReplayHandler): void {
    for (const partition of this.#topics.get(this.name)?.partitions ?? []) {
      for (const segment of partition.log.segments) {
        for (const [info, batch] of segment.intact(0, segment.size)) replayBatch(handler, partition.index, info, batch)
      }
    }
  }
}

function replayBatch(handler: ReplayHandler, partition: number, info: BatchInfo, batch: Buffer): void {
  if (info.attributes & CONTROL) {
    const commit = markerOf(batch)
    if (commit !== null) handler.marker(partition, info.producerId, commit)
    return
  }
  const records = readRecords(batch)
  if (records) handler.records(partition, records, info.attributes & TRANSACTIONAL ? info.producerId : null)
}
