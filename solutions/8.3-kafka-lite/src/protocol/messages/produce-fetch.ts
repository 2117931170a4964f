import { array, int8, int16, int32, int64, NO_UUID, nullableArray, nullableString, records, string, uuid } from '../codec.ts'
import { message } from '../message.ts'
import { between, since, struct, tagged, until } from '../struct.ts'

const Leader = struct({ leaderId: int32, leaderEpoch: int32 })
const NodeEndpoint = struct({ nodeId: int32, host: string, port: int32, rack: nullableString })

// ProduceRequest  => transactional_id acks timeout_ms [topic_data]
//   topic_data    => name [partition_data]
//   partition_data => index records                     one record batch v2 per partition
// ProduceResponse => [responses] throttle_time_ms
//   responses     => name [partition_responses]
//   partition_responses => index error_code base_offset log_append_time_ms log_start_offset [record_errors] error_message
/** Appends record batches. acks: 0 no answer at all, 1 the leader has it, -1 every in-sync replica has it. */
export const Produce = message({
  key: 0,
  name: 'Produce',
  versions: [3, 12],
  announcedMin: 0,
  flexibleFrom: 9,
  request: struct({
    transactionalId: nullableString,
    acks: int16,
    timeoutMs: int32,
    topicData: array(struct({ name: string, partitionData: array(struct({ index: int32, records })) })),
  }),
  response: struct({
    responses: array(
      struct({
        name: string,
        partitionResponses: array(
          struct({
            index: int32,
            errorCode: int16,
            baseOffset: int64,
            logAppendTimeMs: { codec: int64, from: 0, to: 32767, tag: null, absent: -1 },
            logStartOffset: since(5, int64, -1),
            recordErrors: since(8, array(struct({ batchIndex: int32, batchIndexErrorMessage: nullableString }))),
            errorMessage: since(8, nullableString),
            currentLeader: tagged(10, 0, Leader),
          }),
        ),
      }),
    ),
    throttleTimeMs: int32,
    nodeEndpoints: tagged(10, 0, array(NodeEndpoint)),
  }),
})

// FetchRequest => replica_id max_wait_ms min_bytes max_bytes isolation_level session_id session_epoch [topics] [forgotten_topics_data] rack_id
//   topics     => topic | topic_id [partitions]
//   partitions => partition current_leader_epoch fetch_offset last_fetched_epoch log_start_offset partition_max_bytes
// FetchResponse => throttle_time_ms error_code session_id [responses]
//   responses  => topic | topic_id [partitions]
//   partitions => partition_index error_code high_watermark last_stable_offset log_start_offset [aborted_transactions]
//                 preferred_read_replica records
//   aborted_transactions => producer_id first_offset
/** Reads batches, waiting up to max_wait_ms for min_bytes. isolation_level 1 stops at the last stable offset and lists aborted transactions. */
export const Fetch = message({
  key: 1,
  name: 'Fetch',
  versions: [4, 17],
  flexibleFrom: 12,
  request: struct({
    clusterId: tagged(12, 0, nullableString),
    replicaState: tagged(15, 1, struct({ replicaId: int32, replicaEpoch: int64 })),
    replicaId: until(14, int32, -1),
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: int32,
    isolationLevel: int8,
    sessionId: since(7, int32),
    sessionEpoch: since(7, int32, -1),
    topics: array(
      struct({
        topic: until(12, string),
        topicId: since(13, uuid, NO_UUID),
        partitions: array(
          struct({
            partition: int32,
            currentLeaderEpoch: since(9, int32, -1),
            fetchOffset: int64,
            lastFetchedEpoch: since(12, int32, -1),
            logStartOffset: since(5, int64, -1),
            partitionMaxBytes: int32,
            replicaDirectoryId: tagged(17, 0, uuid),
          }),
        ),
      }),
    ),
    forgottenTopicsData: since(7, array(struct({ topic: until(12, string), topicId: since(13, uuid, NO_UUID), partitions: array(int32) }))),
    rackId: since(11, string),
  }),
  response: struct({
    throttleTimeMs: int32,
    errorCode: since(7, int16),
    sessionId: since(7, int32),
    responses: array(
      struct({
        topic: until(12, string),
        topicId: since(13, uuid, NO_UUID),
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode: int16,
            highWatermark: { codec: int64, from: 0, to: 32767, tag: null, absent: -1 },
            lastStableOffset: { codec: int64, from: 0, to: 32767, tag: null, absent: -1 },
            logStartOffset: since(5, int64, -1),
            abortedTransactions: nullableArray(struct({ producerId: int64, firstOffset: int64 })),
            preferredReadReplica: since(11, int32, -1),
            records,
            divergingEpoch: tagged(12, 0, struct({ epoch: int32, endOffset: int64 })),
            currentLeader: tagged(12, 1, Leader),
            snapshotId: tagged(12, 2, struct({ endOffset: int64, epoch: int32 })),
          }),
        ),
      }),
    ),
    nodeEndpoints: tagged(16, 0, array(NodeEndpoint)),
  }),
})

// ListOffsetsRequest => replica_id isolation_level [topics] timeout_ms
//   topics => name [partitions]     partitions => partition_index current_leader_epoch timestamp
// ListOffsetsResponse => throttle_time_ms [topics]
//   topics => name [partitions]     partitions => partition_index error_code timestamp offset leader_epoch
/** The first offset at or after a time. Special times: -1 latest, -2 earliest, -3 the record with the greatest time, -4 earliest local, -5 latest tiered. */
export const ListOffsets = message({
  key: 2,
  name: 'ListOffsets',
  versions: [1, 10],
  flexibleFrom: 6,
  request: struct({
    replicaId: int32,
    isolationLevel: since(2, int8),
    topics: array(
      struct({
        name: string,
        partitions: array(struct({ partitionIndex: int32, currentLeaderEpoch: since(4, int32, -1), timestamp: int64 })),
      }),
    ),
    timeoutMs: since(10, int32),
  }),
  response: struct({
    throttleTimeMs: since(2, int32),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode: int16,
            timestamp: since(1, int64, -1),
            offset: since(1, int64, -1),
            leaderEpoch: since(4, int32, -1),
          }),
        ),
      }),
    ),
  }),
})

// OffsetForLeaderEpochRequest => replica_id [topics]
//   topics => topic [partitions]    partitions => partition current_leader_epoch leader_epoch
// OffsetForLeaderEpochResponse => throttle_time_ms [topics]
//   topics => topic [partitions]    partitions => error_code partition leader_epoch end_offset
/** Where a leader epoch ended: how a client notices that the log it read from was truncated (KIP-320). */
export const OffsetForLeaderEpoch = message({
  key: 23,
  name: 'OffsetForLeaderEpoch',
  versions: [2, 4],
  flexibleFrom: 4,
  request: struct({
    replicaId: since(3, int32, -2),
    topics: array(
      struct({ topic: string, partitions: array(struct({ partition: int32, currentLeaderEpoch: int32, leaderEpoch: int32 })) }),
    ),
  }),
  response: struct({
    throttleTimeMs: between(2, 32767, int32),
    topics: array(
      struct({
        topic: string,
        partitions: array(struct({ errorCode: int16, partition: int32, leaderEpoch: int32, endOffset: int64 })),
      }),
    ),
  }),
})
