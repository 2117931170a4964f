import type { BrokerContext, Handler } from '../context.ts'
import type { Group } from '../groups/group.ts'
import type { NewOffset } from '../groups/group-coordinator.ts'
import { ERRORS, errorCodeOf, KafkaError } from '../protocol/errors.ts'
import type * as m from '../protocol/messages/offsets.ts'

type Req<M extends { request: { read(r: never): unknown } }> = ReturnType<M['request']['read']>
type Res<M extends { response: { write(w: never, v: never): void } }> = Parameters<M['response']['write']>[1]
type CommitTopics = Req<typeof m.OffsetCommit>['topics']

/** Commits what can be committed of a request; answers an error code for each partition. */
async function commitAll(
  context: BrokerContext,
  topics: CommitTopics,
  group: () => Group,
  txn?: { producerId: number; producerEpoch: number },
) {
  const wanted: NewOffset[] = []
  const limit = context.groups.options.offsetMetadataMaxBytes
  const answers = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(p => {
      const metadata = p.committedMetadata ?? ''
      if (!context.topics.partition(name, p.partitionIndex))
        return { partitionIndex: p.partitionIndex, errorCode: ERRORS.UNKNOWN_TOPIC_OR_PARTITION }
      if (Buffer.byteLength(metadata) > limit) return { partitionIndex: p.partitionIndex, errorCode: ERRORS.OFFSET_METADATA_TOO_LARGE }
      wanted.push({ topic: name, partition: p.partitionIndex, offset: p.committedOffset, leaderEpoch: p.committedLeaderEpoch, metadata })
      return { partitionIndex: p.partitionIndex, errorCode: 0 }
    }),
  }))
  try {
    const target = group()
    if (wanted.length > 0) await context.groups.commit(target, wanted, txn)
  } catch (error) {
    for (const topic of answers) for (const p of topic.partitions) p.errorCode ||= errorCodeOf(error)
  }
  return { topics: answers }
}

/** Stores a group's progress. */
export const offsetCommit: Handler<Req<typeof m.OffsetCommit>, Res<typeof m.OffsetCommit>> = (context, r) =>
  commitAll(context, r.topics, () => {
    if (r.groupId === '') throw new KafkaError('INVALID_GROUP_ID')
    return context.groups.mayCommit(r.groupId, r.memberId, r.groupInstanceId, r.generationIdOrMemberEpoch)
  })

/** Stores a group's progress as part of a transaction. */
export const txnOffsetCommit: Handler<Req<typeof m.TxnOffsetCommit>, Res<typeof m.TxnOffsetCommit>> = (context, r) =>
  commitAll(
    context,
    r.topics,
    () => {
      if (r.groupId === '') throw new KafkaError('INVALID_GROUP_ID')
      const { topic } = context.groups
      const index = topic.partitionOf(r.groupId)
      const txn = context.txns.get(r.transactionalId)
      if (txn && txn.producerId === r.producerId && r.producerEpoch < txn.producerEpoch) throw new KafkaError('INVALID_PRODUCER_EPOCH')
      if (!context.txns.isOpenFor(r.transactionalId, r, topic.name, index)) throw new KafkaError('INVALID_TXN_STATE')
      if (r.generationId < 0 && r.memberId === '') return context.groups.groupOrNew(r.groupId)
      return context.groups.mayCommit(r.groupId, r.memberId, r.groupInstanceId, r.generationId)
    },
    { producerId: r.producerId, producerEpoch: r.producerEpoch },
  )

type Asked = { name: string; partitionIndexes: number[] }[] | null

function fetchGroup(group: Group | undefined, topics: Asked, requireStable: boolean) {
  const asked = topics ?? byTopic(group)
  return asked.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map(partitionIndex => {
      const unstable = requireStable && group?.offsets.isPending(name, partitionIndex)
      const found = unstable ? undefined : group?.offsets.get(name, partitionIndex)
      return {
        partitionIndex,
        committedOffset: found?.offset ?? -1,
        committedLeaderEpoch: found?.leaderEpoch ?? -1,
        metadata: found?.metadata ?? '',
        errorCode: unstable ? ERRORS.UNSTABLE_OFFSET_COMMIT : 0,
      }
    }),
  }))
}

function byTopic(group: Group | undefined): { name: string; partitionIndexes: number[] }[] {
  const topics = new Map<string, number[]>()
  for (const { topic, partition } of group?.offsets.all() ?? []) topics.set(topic, [...(topics.get(topic) ?? []), partition])
  return [...topics].map(([name, partitionIndexes]) => ({ name, partitionIndexes }))
}

/** A group's progress. */
export const offsetFetch: Handler<Req<typeof m.OffsetFetch>, Res<typeof m.OffsetFetch>> = ({ groups }, request, { version }) => {
  if (version < 8) return { topics: fetchGroup(groups.get(request.groupId), request.topics, request.requireStable), errorCode: 0 }
  return {
    groups: request.groups.map(({ groupId, topics }) => ({
      groupId,
      topics: fetchGroup(groups.get(groupId), topics, request.requireStable),
      errorCode: 0,
    })),
  }
}

/** Forgets progress on topics the group does not read any more. */
export const offsetDelete: Handler<Req<typeof m.OffsetDelete>, Res<typeof m.OffsetDelete>> = async ({ groups }, request) => {
  const group = groups.get(request.groupId)
  if (!group) return { errorCode: request.groupId === '' ? ERRORS.INVALID_GROUP_ID : ERRORS.GROUP_ID_NOT_FOUND, topics: [] }
  // The classic protocol keeps subscriptions as the clients' own bytes; a live group may still use any topic.
  const errorCode = group.isEmpty ? 0 : ERRORS.GROUP_SUBSCRIBED_TO_TOPIC
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
  }))
  if (errorCode === 0) {
    await groups.forget(
      group,
      request.topics.flatMap(t => t.partitions.map(p => ({ topic: t.name, partition: p.partitionIndex }))),
    )
  }
  return { errorCode: 0, topics }
}
