import { InternalTopic, type KeyValue } from '../cluster/internal-topic.ts'
import type { Topics } from '../cluster/topics.ts'
import { KafkaError } from '../protocol/errors.ts'
import { Group } from './group.ts'
import type { GroupHost } from './group-host.ts'
import { groupRecord, offsetRecord, readGroupRecord, type StoredOffset, storedGroup } from './group-records.ts'

/** Limits and times of groups, by Kafka's names. */
export interface GroupOptions {
  minSessionTimeoutMs: number
  maxSessionTimeoutMs: number
  initialRebalanceDelayMs: number
  maxSize: number
  offsetsRetentionMs: number
  offsetMetadataMaxBytes: number
  offsetsPartitions: number
  offsetsSegmentBytes: number
}

/** An offset a client wants stored. */
export interface NewOffset {
  topic: string
  partition: number
  offset: number
  leaderEpoch: number
  metadata: string
}

/** All groups of the node, and their memory in `__consumer_offsets`. */
export class GroupCoordinator {
  readonly options: GroupOptions
  readonly topic: InternalTopic
  readonly #groups = new Map<string, Group>()
  readonly #host: GroupHost
  /** Duration of the last rebalances (ms), for metrics. */
  readonly rebalances = { count: 0, totalMs: 0, lastMs: 0 }

  constructor(topics: Topics, options: GroupOptions) {
    this.options = options
    this.topic = new InternalTopic('__consumer_offsets', topics, options.offsetsPartitions, options.offsetsSegmentBytes)
    this.#host = {
      persist: group => this.topic.append(group.id, [groupRecord(group.id, storedGroup(group))]),
      initialRebalanceDelayMs: options.initialRebalanceDelayMs,
      maxSize: options.maxSize,
      rebalanced: ms => {
        this.rebalances.count++
        this.rebalances.totalMs += ms
        this.rebalances.lastMs = ms
      },
    }
  }

  /** Rebuilds groups and offsets from the internal topic. */
  load(): void {
    this.topic.replay({
      records: (_, records, transactionOf) => {
        for (const record of records) if (record.key) this.#replayed(record.key, record.value, transactionOf)
      },
      marker: (partition, producerId, commit) => this.endTransaction(partition, producerId, commit),
    })
    for (const group of this.#groups.values()) group.startSessions()
  }

  #replayed(key: Buffer, value: Buffer | null, transactionOf: number | null): void {
    const record = readGroupRecord(key, value)
    if (!record) return
    if (record.kind === 'group') {
      if (record.value) this.groupOrNew(record.group).restore(record.value)
      else this.#groups.delete(record.group)
      return
    }
    const { offsets } = this.groupOrNew(record.group)
    if (transactionOf === null || !record.value) offsets.put(record.topic, record.partition, record.value)
    else offsets.putPending(transactionOf, record.topic, record.partition, record.value)
  }

  get(id: string): Group | undefined {
    return this.#groups.get(id)
  }
  all(): Group[] {
    return [...this.#groups.values()]
  }

  groupOrNew(id: string): Group {
    let group = this.#groups.get(id)
    if (!group) this.#groups.set(id, (group = new Group(id, this.#host)))
    return group
  }

  /** @throws KafkaError INVALID_GROUP_ID, UNKNOWN_MEMBER_ID when there is no such group */
  existing(id: string): Group {
    if (id === '') throw new KafkaError('INVALID_GROUP_ID')
    const group = this.#groups.get(id)
    if (!group) throw new KafkaError('UNKNOWN_MEMBER_ID')
    return group
  }

  /** The group, if this member (or an outsider while the group is empty) may commit to it. @throws KafkaError */
  mayCommit(groupId: string, memberId: string, instanceId: string | null, generation: number): Group {
    const known = this.#groups.get(groupId)
    if (!known && generation >= 0) throw new KafkaError('ILLEGAL_GENERATION')
    const group = known ?? this.groupOrNew(groupId)
    if (generation < 0 && group.isEmpty) return group
    if (generation < 0 && memberId === '' && instanceId === null) throw new KafkaError('UNKNOWN_MEMBER_ID')
    group.check(memberId, instanceId, generation)
    if (group.state === 'CompletingRebalance') throw new KafkaError('REBALANCE_IN_PROGRESS')
    return group
  }

  /** Writes offsets to the internal topic, then makes them visible - at once, or with the transaction's commit. */
  async commit(group: Group, offsets: NewOffset[], txn?: { producerId: number; producerEpoch: number }): Promise<void> {
    const stored = offsets.map(o => ({ ...o, value: storedOffset(o) }))
    const entries = stored.map(o => offsetRecord(group.id, o.topic, o.partition, o.value))
    // Pending before the write: from then on the transaction may end at any time.
    if (txn) for (const o of stored) group.offsets.putPending(txn.producerId, o.topic, o.partition, o.value)
    await this.topic.append(group.id, entries, txn)
    if (!txn) for (const o of stored) group.offsets.put(o.topic, o.partition, o.value)
  }

  /** A transaction marker was written to a partition of the internal topic. */
  endTransaction(partition: number, producerId: number, commit: boolean): void {
    for (const group of this.#groups.values()) {
      if (this.topic.partitionOf(group.id) === partition) group.offsets.endTransaction(producerId, commit)
    }
  }

  /** Forgets offsets, in the topic too. */
  async forget(group: Group, partitions: { topic: string; partition: number }[]): Promise<void> {
    if (partitions.length === 0) return
    await this.topic.append(
      group.id,
      partitions.map(p => offsetRecord(group.id, p.topic, p.partition, null)),
    )
    for (const p of partitions) group.offsets.put(p.topic, p.partition, null)
  }

  /** Deletes an empty group with its offsets. @throws KafkaError NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND, INVALID_GROUP_ID */
  async delete(id: string): Promise<void> {
    if (id === '') throw new KafkaError('INVALID_GROUP_ID')
    const group = this.#groups.get(id)
    if (!group || group.state === 'Dead') throw new KafkaError('GROUP_ID_NOT_FOUND')
    if (group.state !== 'Empty') throw new KafkaError('NON_EMPTY_GROUP')
    group.close()
    this.#groups.delete(id)
    const tombstones: KeyValue[] = group.offsets.all().map(o => offsetRecord(id, o.topic, o.partition, null))
    await this.topic.append(id, [...tombstones, groupRecord(id, null)])
  }

  /** A topic is gone: so are the offsets committed for it. */
  async topicDeleted(topic: string): Promise<void> {
    for (const group of this.all())
      await this.forget(
        group,
        group.offsets.all().filter(o => o.topic === topic),
      )
  }

  /** Expires offsets of groups that have been empty for the retention time. */
  async expire(now: number): Promise<void> {
    for (const group of this.all()) {
      if (!group.isEmpty) continue
      const before = now - this.options.offsetsRetentionMs
      if (group.emptySince > before) continue
      await this.forget(
        group,
        group.offsets.all().filter(o => o.value.commitTimestamp < before),
      )
      if (group.offsets.size === 0 && group.state === 'Empty') await this.delete(group.id).catch(() => {})
    }
  }

  /** Ends all timers. */
  close(): void {
    for (const group of this.#groups.values()) group.close()
  }
}

function storedOffset(o: NewOffset): StoredOffset {
  return { offset: o.offset, leaderEpoch: o.leaderEpoch, metadata: o.metadata, commitTimestamp: Date.now() }
}
