import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { KafkaError } from '../protocol/errors.ts'
import type { Handles } from '../storage/handles.ts'
import { openLog } from '../storage/recovery.ts'
import { Partition, type PartitionHost } from './partition.ts'
import { type TopicSettings, topicSettings } from './topic-configs.ts'
import type { TopicRecord, TopicStore } from './topic-store.ts'

/** A topic with its open partitions. */
export interface Topic {
  record: TopicRecord
  settings: TopicSettings
  partitions: Partition[]
  internal: boolean
}

/** Topics that the broker writes itself. */
export const INTERNAL_TOPICS: ReadonlySet<string> = new Set(['__consumer_offsets', '__transaction_state'])

/** What recovery had to do at this start, for metrics and the log line. */
export interface RecoveryTotals {
  partitions: number
  scannedBytes: number
  truncatedBytes: number
}

/** All topics of the node: opening, creating, growing, deleting. */
export class Topics {
  readonly #byName = new Map<string, Topic>()
  readonly #byId = new Map<string, Topic>()
  readonly #store: TopicStore
  readonly #handles: Handles
  readonly #directory: string
  readonly #defaults: Record<string, string>
  readonly #maxPartitions: number
  readonly #host: PartitionHost
  readonly recovery: RecoveryTotals = { partitions: 0, scannedBytes: 0, truncatedBytes: 0 }
  /** Told after a topic is gone: the group coordinator drops its offsets. */
  onDeleted: (name: string) => void = () => {}

  constructor(
    store: TopicStore,
    handles: Handles,
    directory: string,
    options: { defaults: Record<string, string>; maxPartitions: number; host: PartitionHost },
  ) {
    this.#store = store
    this.#handles = handles
    this.#directory = path.join(directory, 'topics')
    this.#defaults = options.defaults
    this.#maxPartitions = options.maxPartitions
    this.#host = options.host
  }

  /** Opens every topic of the store; removes what a crash in the middle of a deletion left behind. */
  openAll(now: number): void {
    const expected = new Set<string>()
    for (const record of this.#store.topics) {
      this.#register(record)
      expected.add(record.name)
      for (let i = 0; i < record.partitions; i++) this.#openPartition(this.#byName.get(record.name)!, i, now)
    }
    for (const name of this.#handles.disk.list(this.#directory)) {
      const topic = this.#byName.get(name)
      const prefix = topic ? `${topic.record.id.slice(0, 8)}-` : null
      for (const entry of this.#handles.disk.list(path.join(this.#directory, name))) {
        if (!prefix || !entry.startsWith(prefix))
          void this.#handles.disk.removeTree(path.join(this.#directory, name, entry)).catch(() => {})
      }
    }
  }

  #register(record: TopicRecord): Topic {
    const settings = topicSettings(record.configs, this.#defaults)
    const topic: Topic = { record, settings, partitions: [], internal: INTERNAL_TOPICS.has(record.name) }
    this.#byName.set(record.name, topic)
    this.#byId.set(record.id, topic)
    return topic
  }

  /** `topics/<name>/<first digits of the id>-<partition>`: a topic created again under its old name never meets the old files. */
  #openPartition(topic: Topic, index: number, now: number): void {
    const directory = path.join(this.#directory, topic.record.name, `${topic.record.id.slice(0, 8)}-${index}`)
    const opened = openLog(directory, this.#handles, () => topic.settings, now)
    this.recovery.partitions++
    this.recovery.scannedBytes += opened.scannedBytes
    this.recovery.truncatedBytes += opened.truncatedBytes
    const { name } = topic.record
    topic.partitions.push(new Partition(name, index, opened.log, this.#store.epoch, () => topic.settings, this.#host))
  }

  get(name: string): Topic | undefined {
    return this.#byName.get(name)
  }
  byId(id: string): Topic | undefined {
    return this.#byId.get(id)
  }
  all(): Topic[] {
    return [...this.#byName.values()]
  }

  /** The partition, or undefined when there is none. */
  partition(name: string, index: number): Partition | undefined {
    return this.#byName.get(name)?.partitions[index]
  }

  *partitions(): Generator<Partition> {
    for (const topic of this.#byName.values()) yield* topic.partitions
  }

  get partitionCount(): number {
    let count = 0
    for (const topic of this.#byName.values()) count += topic.partitions.length
    return count
  }

  /** Creates a topic in memory; the caller awaits {@link save}. @throws KafkaError when it exists or there would be too many partitions */
  create(name: string, partitions: number, configs: Record<string, string>): Topic {
    if (this.#byName.has(name)) throw new KafkaError('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
    this.checkRoom(partitions)
    const topic = this.#register({ name, id: randomBytes(16).toString('hex'), partitions, configs })
    for (let i = 0; i < partitions; i++) this.#openPartition(topic, i, Date.now())
    this.#publish()
    return topic
  }

  /** @throws KafkaError POLICY_VIOLATION when the node would have more partitions than its limit */
  checkRoom(more: number): void {
    if (this.partitionCount + more > this.#maxPartitions) {
      throw new KafkaError('POLICY_VIOLATION', `this node holds at most ${this.#maxPartitions} partitions`)
    }
  }

  /** Adds partitions up to `count`; the caller awaits {@link save}. */
  grow(topic: Topic, count: number): void {
    this.checkRoom(count - topic.partitions.length)
    for (let i = topic.partitions.length; i < count; i++) this.#openPartition(topic, i, Date.now())
    topic.record.partitions = count
    this.#publish()
  }

  /** Replaces a topic's own configuration; the caller awaits {@link save}. */
  configure(topic: Topic, configs: Record<string, string>): void {
    topic.record.configs = configs
    topic.settings = topicSettings(configs, this.#defaults)
    this.#publish()
  }

  /** Removes a topic: first from the store, then its files. A crash in between is swept at the next start. */
  async delete(topic: Topic): Promise<void> {
    const { name, id } = topic.record
    this.#byName.delete(name)
    this.#byId.delete(id)
    this.#publish()
    for (const partition of topic.partitions) partition.dispose()
    await this.save()
    this.onDeleted(name)
    for (const partition of topic.partitions) {
      await partition.log.close()
      await this.#handles.disk.removeTree(partition.log.directory)
    }
  }

  #publish(): void {
    this.#store.replace([...this.#byName.values()].map(t => t.record))
  }

  /** Resolves when the list of topics is on the device. */
  save(): Promise<void> {
    return this.#store.save()
  }
}
