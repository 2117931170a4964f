import { array, bool, int8, int16, int32, int64, NO_UUID, nullableArray, nullableString, string, uuid } from '../codec.ts'
import { message } from '../message.ts'
import { since, struct, tagged, until } from '../struct.ts'

// CreateTopicsRequest => [topics] timeout_ms validate_only
//   topics => name num_partitions replication_factor [assignments] [configs]       -1 means the broker's default
//   assignments => partition_index [broker_ids]        configs => name value
// CreateTopicsResponse => throttle_time_ms [topics]
//   topics => name topic_id error_code error_message num_partitions replication_factor [configs]
//   configs => name value read_only config_source is_sensitive
/** Creates topics; the answer is sent when they are on disk. */
export const CreateTopics = message({
  key: 19,
  name: 'CreateTopics',
  versions: [2, 7],
  flexibleFrom: 5,
  request: struct({
    topics: array(
      struct({
        name: string,
        numPartitions: int32,
        replicationFactor: int16,
        assignments: array(struct({ partitionIndex: int32, brokerIds: array(int32) })),
        configs: array(struct({ name: string, value: nullableString })),
      }),
    ),
    timeoutMs: int32,
    validateOnly: bool,
  }),
  response: struct({
    throttleTimeMs: int32,
    topics: array(
      struct({
        name: string,
        topicId: since(7, uuid, NO_UUID),
        errorCode: int16,
        errorMessage: nullableString,
        numPartitions: since(5, int32, -1),
        replicationFactor: since(5, int16, -1),
        configs: since(
          5,
          nullableArray(struct({ name: string, value: nullableString, readOnly: bool, configSource: int8, isSensitive: bool })),
        ),
        topicConfigErrorCode: tagged(5, 0, int16),
      }),
    ),
  }),
})

// DeleteTopicsRequest  => [topic_names] | [topics] timeout_ms      topics => name topic_id
// DeleteTopicsResponse => throttle_time_ms [responses]             responses => name topic_id error_code error_message
/** Deletes topics by name or id. */
export const DeleteTopics = message({
  key: 20,
  name: 'DeleteTopics',
  versions: [1, 6],
  flexibleFrom: 4,
  request: struct({
    topics: since(6, array(struct({ name: nullableString, topicId: uuid }))),
    topicNames: until(5, array(string)),
    timeoutMs: int32,
  }),
  response: struct({
    throttleTimeMs: int32,
    responses: array(
      struct({ name: nullableString, topicId: since(6, uuid, NO_UUID), errorCode: int16, errorMessage: since(5, nullableString) }),
    ),
  }),
})

// DeleteRecordsRequest  => [topics] timeout_ms     topics => name [partitions]    partitions => partition_index offset
// DeleteRecordsResponse => throttle_time_ms [topics]
//   topics => name [partitions]                    partitions => partition_index low_watermark error_code
/** Moves the start of a partition forward; offset -1 means the high watermark. */
export const DeleteRecords = message({
  key: 21,
  name: 'DeleteRecords',
  versions: [0, 2],
  flexibleFrom: 2,
  request: struct({
    topics: array(struct({ name: string, partitions: array(struct({ partitionIndex: int32, offset: int64 })) })),
    timeoutMs: int32,
  }),
  response: struct({
    throttleTimeMs: int32,
    topics: array(struct({ name: string, partitions: array(struct({ partitionIndex: int32, lowWatermark: int64, errorCode: int16 })) })),
  }),
})

// CreatePartitionsRequest  => [topics] timeout_ms validate_only    topics => name count [assignments]    assignments => [broker_ids]
// CreatePartitionsResponse => throttle_time_ms [results]           results => name error_code error_message
/** Raises the number of partitions; it can never fall. */
export const CreatePartitions = message({
  key: 37,
  name: 'CreatePartitions',
  versions: [0, 3],
  flexibleFrom: 2,
  request: struct({
    topics: array(struct({ name: string, count: int32, assignments: nullableArray(struct({ brokerIds: array(int32) })) })),
    timeoutMs: int32,
    validateOnly: bool,
  }),
  response: struct({ throttleTimeMs: int32, results: array(struct({ name: string, errorCode: int16, errorMessage: nullableString })) }),
})
