import { array, bool, int16, int32, int64, nullableArray, nullableString, string } from '../codec.ts'
import { message, NEVER } from '../message.ts'
import { between, since, struct, until } from '../struct.ts'

const PartitionErrors = array(struct({ name: string, partitions: array(struct({ partitionIndex: int32, errorCode: int16 })) }))

// OffsetCommitRequest  => group_id generation_id_or_member_epoch member_id group_instance_id retention_time_ms [topics]
//   topics     => name [partitions]
//   partitions => partition_index committed_offset committed_leader_epoch committed_metadata
// OffsetCommitResponse => throttle_time_ms [topics]      topics => name [partitions]      partitions => partition_index error_code
/** Remembers how far a group has come; answered when the offsets are in the internal topic. */
export const OffsetCommit = message({
  key: 8,
  name: 'OffsetCommit',
  versions: [2, 9],
  flexibleFrom: 8,
  request: struct({
    groupId: string,
    generationIdOrMemberEpoch: since(1, int32, -1),
    memberId: since(1, string),
    groupInstanceId: since(7, nullableString),
    retentionTimeMs: between(2, 4, int64, -1),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            committedOffset: int64,
            committedLeaderEpoch: since(6, int32, -1),
            committedMetadata: nullableString,
          }),
        ),
      }),
    ),
  }),
  response: struct({ throttleTimeMs: since(3, int32), topics: PartitionErrors }),
})

const FetchedTopics = array(
  struct({
    name: string,
    partitions: array(
      struct({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: since(5, int32, -1),
        metadata: nullableString,
        errorCode: int16,
      }),
    ),
  }),
)
const FetchTopicsOrAll = nullableArray(struct({ name: string, partitionIndexes: array(int32) }))

// OffsetFetchRequest  => group_id [topics] require_stable | [groups] require_stable
//   groups => group_id member_id member_epoch [topics]      topics => name [partition_indexes]          null asks for all
// OffsetFetchResponse => throttle_time_ms [topics] error_code | throttle_time_ms [groups]
//   groups => group_id [topics] error_code
//   topics => name [partitions]       partitions => partition_index committed_offset committed_leader_epoch metadata error_code
/** What a group has committed; -1 where nothing. require_stable refuses while a transaction is about to change it. */
export const OffsetFetch = message({
  key: 9,
  name: 'OffsetFetch',
  versions: [1, 9],
  flexibleFrom: 6,
  request: struct({
    groupId: until(7, string),
    topics: until(7, FetchTopicsOrAll),
    groups: since(
      8,
      array(struct({ groupId: string, memberId: since(9, nullableString), memberEpoch: since(9, int32, -1), topics: FetchTopicsOrAll })),
    ),
    requireStable: since(7, bool),
  }),
  response: struct({
    throttleTimeMs: since(3, int32),
    topics: until(7, FetchedTopics),
    errorCode: between(2, 7, int16),
    groups: since(8, array(struct({ groupId: string, topics: FetchedTopics, errorCode: int16 }))),
  }),
})

// OffsetDeleteRequest  => group_id [topics]                       topics => name [partitions]     partitions => partition_index
// OffsetDeleteResponse => error_code throttle_time_ms [topics]    topics => name [partitions]     partitions => partition_index error_code
/** Forgets committed offsets of topics that the group no longer subscribes to. */
export const OffsetDelete = message({
  key: 47,
  name: 'OffsetDelete',
  versions: [0, 0],
  flexibleFrom: NEVER,
  request: struct({ groupId: string, topics: array(struct({ name: string, partitions: array(struct({ partitionIndex: int32 })) })) }),
  response: struct({ errorCode: int16, throttleTimeMs: int32, topics: PartitionErrors }),
})

// TxnOffsetCommitRequest  => transactional_id group_id producer_id producer_epoch generation_id member_id group_instance_id [topics]
//   topics     => name [partitions]
//   partitions => partition_index committed_offset committed_leader_epoch committed_metadata
// TxnOffsetCommitResponse => throttle_time_ms [topics]            topics => name [partitions]     partitions => partition_index error_code
/** Offsets that become visible with the transaction's commit. */
export const TxnOffsetCommit = message({
  key: 28,
  name: 'TxnOffsetCommit',
  versions: [0, 4],
  flexibleFrom: 3,
  request: struct({
    transactionalId: string,
    groupId: string,
    producerId: int64,
    producerEpoch: int16,
    generationId: since(3, int32, -1),
    memberId: since(3, string),
    groupInstanceId: since(3, nullableString),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            committedOffset: int64,
            committedLeaderEpoch: since(2, int32, -1),
            committedMetadata: nullableString,
          }),
        ),
      }),
    ),
  }),
  response: struct({ throttleTimeMs: int32, topics: PartitionErrors }),
})
