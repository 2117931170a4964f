import { array, bool, int16, int32, int64, nullableString, string } from '../codec.ts'
import { message } from '../message.ts'
import { since, struct } from '../struct.ts'

// InitProducerIdRequest  => transactional_id transaction_timeout_ms producer_id producer_epoch
// InitProducerIdResponse => throttle_time_ms error_code producer_id producer_epoch
/** Gives a producer its id and epoch. With a transactional id: fences the previous holder and ends its open transaction. */
export const InitProducerId = message({
  key: 22,
  name: 'InitProducerId',
  versions: [0, 5],
  flexibleFrom: 2,
  request: struct({
    transactionalId: nullableString,
    transactionTimeoutMs: int32,
    producerId: since(3, int64, -1),
    producerEpoch: since(3, int16, -1),
  }),
  response: struct({
    throttleTimeMs: int32,
    errorCode: int16,
    producerId: { codec: int64, from: 0, to: 32767, tag: null, absent: -1 },
    producerEpoch: int16,
  }),
})

// AddPartitionsToTxnRequest  => transactional_id producer_id producer_epoch [topics]    topics => name [partitions]
// AddPartitionsToTxnResponse => throttle_time_ms [results_by_topic]
//   results_by_topic => name [results_by_partition]       results_by_partition => partition_index partition_error_code
/** Names the partitions of a transaction before anything is written to them. */
export const AddPartitionsToTxn = message({
  key: 24,
  name: 'AddPartitionsToTxn',
  versions: [0, 3],
  flexibleFrom: 3,
  request: struct({
    transactionalId: string,
    producerId: int64,
    producerEpoch: int16,
    topics: array(struct({ name: string, partitions: array(int32) })),
  }),
  response: struct({
    throttleTimeMs: int32,
    resultsByTopic: array(
      struct({ name: string, resultsByPartition: array(struct({ partitionIndex: int32, partitionErrorCode: int16 })) }),
    ),
  }),
})

const ThrottleAndError = struct({ throttleTimeMs: int32, errorCode: int16 })

// AddOffsetsToTxnRequest => transactional_id producer_id producer_epoch group_id       AddOffsetsToTxnResponse => throttle_time_ms error_code
/** Makes a group's committed offsets part of the transaction. */
export const AddOffsetsToTxn = message({
  key: 25,
  name: 'AddOffsetsToTxn',
  versions: [0, 4],
  flexibleFrom: 3,
  request: struct({ transactionalId: string, producerId: int64, producerEpoch: int16, groupId: string }),
  response: ThrottleAndError,
})

// EndTxnRequest => transactional_id producer_id producer_epoch committed               EndTxnResponse => throttle_time_ms error_code
/** Commits or aborts. */
export const EndTxn = message({
  key: 26,
  name: 'EndTxn',
  versions: [0, 4],
  flexibleFrom: 3,
  request: struct({ transactionalId: string, producerId: int64, producerEpoch: int16, committed: bool }),
  response: ThrottleAndError,
})

// DescribeProducersRequest  => [topics]                   topics => name [partition_indexes]
// DescribeProducersResponse => throttle_time_ms [topics]  topics => name [partitions]
//   partitions => partition_index error_code error_message [active_producers]
//   active_producers => producer_id producer_epoch last_sequence last_timestamp coordinator_epoch current_txn_start_offset
/** Who writes to a partition, and where its open transaction began (KIP-664: finding hanging transactions). */
export const DescribeProducers = message({
  key: 61,
  name: 'DescribeProducers',
  versions: [0, 0],
  flexibleFrom: 0,
  request: struct({ topics: array(struct({ name: string, partitionIndexes: array(int32) })) }),
  response: struct({
    throttleTimeMs: int32,
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode: int16,
            errorMessage: nullableString,
            activeProducers: array(
              struct({
                producerId: int64,
                producerEpoch: int32,
                lastSequence: int32,
                lastTimestamp: int64,
                coordinatorEpoch: int32,
                currentTxnStartOffset: int64,
              }),
            ),
          }),
        ),
      }),
    ),
  }),
})

// DescribeTransactionsRequest  => [transactional_ids]
// DescribeTransactionsResponse => throttle_time_ms [transaction_states]
//   transaction_states => error_code transactional_id transaction_state transaction_timeout_ms transaction_start_time_ms
//                         producer_id producer_epoch [topics]        topics => topic [partitions]
/** The coordinator's view of transactional ids. */
export const DescribeTransactions = message({
  key: 65,
  name: 'DescribeTransactions',
  versions: [0, 0],
  flexibleFrom: 0,
  request: struct({ transactionalIds: array(string) }),
  response: struct({
    throttleTimeMs: int32,
    transactionStates: array(
      struct({
        errorCode: int16,
        transactionalId: string,
        transactionState: string,
        transactionTimeoutMs: int32,
        transactionStartTimeMs: int64,
        producerId: int64,
        producerEpoch: int16,
        topics: array(struct({ topic: string, partitions: array(int32) })),
      }),
    ),
  }),
})

// ListTransactionsRequest  => [state_filters] [producer_id_filters] duration_filter transactional_id_pattern
// ListTransactionsResponse => throttle_time_ms error_code [unknown_state_filters] [transaction_states]
//   transaction_states => transactional_id producer_id transaction_state
/** All transactional ids, filtered. */
export const ListTransactions = message({
  key: 66,
  name: 'ListTransactions',
  versions: [0, 1],
  flexibleFrom: 0,
  request: struct({ stateFilters: array(string), producerIdFilters: array(int64), durationFilter: since(1, int64, -1) }),
  response: struct({
    throttleTimeMs: int32,
    errorCode: int16,
    unknownStateFilters: array(string),
    transactionStates: array(struct({ transactionalId: string, producerId: int64, transactionState: string })),
  }),
})
