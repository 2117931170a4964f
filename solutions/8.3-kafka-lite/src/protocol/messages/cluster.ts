import { array, bool, int8, int16, int32, int64, NO_UUID, nullableArray, nullableString, string, uuid } from '../codec.ts'
import { message } from '../message.ts'
import { between, since, struct, tagged, until } from '../struct.ts'

/** "Not asked for" in every authorized-operations bit field. */
const NOT_ASKED = -2147483648

// ApiVersionsRequest  => client_software_name client_software_version
// ApiVersionsResponse => error_code [api_keys] throttle_time_ms
//   api_keys => api_key min_version max_version
/** Which requests and versions are understood. A too new version is answered in v0 with error 35, so that any client can go on (KIP-511). */
export const ApiVersions = message({
  key: 18,
  name: 'ApiVersions',
  versions: [0, 4],
  flexibleFrom: 3,
  request: struct({ clientSoftwareName: since(3, string), clientSoftwareVersion: since(3, string) }),
  response: struct({
    errorCode: int16,
    apiKeys: array(struct({ apiKey: int16, minVersion: int16, maxVersion: int16 })),
    throttleTimeMs: since(1, int32),
    supportedFeatures: tagged(3, 0, array(struct({ name: string, minVersion: int16, maxVersion: int16 }))),
    finalizedFeaturesEpoch: tagged(3, 1, int64, -1),
    finalizedFeatures: tagged(3, 2, array(struct({ name: string, maxVersionLevel: int16, minVersionLevel: int16 }))),
    zkMigrationReady: tagged(3, 3, bool),
  }),
})

// MetadataRequest => [topics] allow_auto_topic_creation include_cluster_authorized_operations include_topic_authorized_operations
//   topics => topic_id name                        null (v0: empty) asks for all
// MetadataResponse => throttle_time_ms [brokers] cluster_id controller_id [topics] cluster_authorized_operations error_code
//   brokers    => node_id host port rack
//   topics     => error_code name topic_id is_internal [partitions] topic_authorized_operations
//   partitions => error_code partition_index leader_id leader_epoch [replica_nodes] [isr_nodes] [offline_replicas]
/** Brokers, topics, and who leads each partition. */
export const Metadata = message({
  key: 3,
  name: 'Metadata',
  versions: [0, 13],
  flexibleFrom: 9,
  request: struct({
    topics: nullableArray(struct({ topicId: since(10, uuid, NO_UUID), name: nullableString })),
    allowAutoTopicCreation: since(4, bool, true),
    includeClusterAuthorizedOperations: between(8, 10, bool),
    includeTopicAuthorizedOperations: since(8, bool),
  }),
  response: struct({
    throttleTimeMs: since(3, int32),
    brokers: array(struct({ nodeId: int32, host: string, port: int32, rack: since(1, nullableString) })),
    clusterId: since(2, nullableString),
    controllerId: since(1, int32, -1),
    topics: array(
      struct({
        errorCode: int16,
        name: nullableString,
        topicId: since(10, uuid, NO_UUID),
        isInternal: since(1, bool),
        partitions: array(
          struct({
            errorCode: int16,
            partitionIndex: int32,
            leaderId: int32,
            leaderEpoch: since(7, int32, -1),
            replicaNodes: array(int32),
            isrNodes: array(int32),
            offlineReplicas: since(5, array(int32)),
          }),
        ),
        topicAuthorizedOperations: since(8, int32, NOT_ASKED),
      }),
    ),
    clusterAuthorizedOperations: between(8, 10, int32, NOT_ASKED),
    errorCode: since(13, int16),
  }),
})

// DescribeClusterRequest  => include_cluster_authorized_operations endpoint_type include_fenced_brokers
// DescribeClusterResponse => throttle_time_ms error_code error_message endpoint_type cluster_id controller_id [brokers] cluster_authorized_operations
//   brokers => broker_id host port rack is_fenced
/** The brokers of the cluster, without topics. */
export const DescribeCluster = message({
  key: 60,
  name: 'DescribeCluster',
  versions: [0, 2],
  flexibleFrom: 0,
  request: struct({ includeClusterAuthorizedOperations: bool, endpointType: since(1, int8, 1), includeFencedBrokers: since(2, bool) }),
  response: struct({
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: nullableString,
    endpointType: since(1, int8, 1),
    clusterId: string,
    controllerId: int32,
    brokers: array(struct({ brokerId: int32, host: string, port: int32, rack: nullableString, isFenced: since(2, bool) })),
    clusterAuthorizedOperations: { codec: int32, from: 0, to: 32767, tag: null, absent: NOT_ASKED },
  }),
})

// DescribeLogDirsRequest  => [topics]            topics => topic [partitions]
// DescribeLogDirsResponse => throttle_time_ms error_code [results]
//   results => error_code log_dir [topics] total_bytes usable_bytes
//   topics  => name [partitions]                 partitions => partition_index partition_size offset_lag is_future_key
/** Size on disk of each partition. */
export const DescribeLogDirs = message({
  key: 35,
  name: 'DescribeLogDirs',
  versions: [1, 4],
  flexibleFrom: 2,
  request: struct({ topics: nullableArray(struct({ topic: string, partitions: array(int32) })) }),
  response: struct({
    throttleTimeMs: int32,
    errorCode: since(3, int16),
    results: array(
      struct({
        errorCode: int16,
        logDir: string,
        topics: array(
          struct({
            name: string,
            partitions: array(struct({ partitionIndex: int32, partitionSize: int64, offsetLag: int64, isFutureKey: bool })),
          }),
        ),
        totalBytes: since(4, int64, -1),
        usableBytes: since(4, int64, -1),
      }),
    ),
  }),
})

// SaslHandshakeRequest => mechanism              SaslHandshakeResponse => error_code [mechanisms]
/** No authentication is offered; the answer says so instead of a closed connection. */
export const SaslHandshake = message({
  key: 17,
  name: 'SaslHandshake',
  versions: [0, 1],
  flexibleFrom: 32767,
  request: struct({ mechanism: string }),
  response: struct({ errorCode: int16, mechanisms: array(string) }),
})

// DescribeAclsRequest  => resource_type_filter resource_name_filter pattern_type_filter principal_filter host_filter operation permission_type
// DescribeAclsResponse => throttle_time_ms error_code error_message [resources]
/** There is no authorizer: answered with SECURITY_DISABLED, as Kafka does without one. */
export const DescribeAcls = message({
  key: 29,
  name: 'DescribeAcls',
  versions: [1, 3],
  flexibleFrom: 2,
  request: struct({
    resourceTypeFilter: int8,
    resourceNameFilter: nullableString,
    patternTypeFilter: since(1, int8),
    principalFilter: nullableString,
    hostFilter: nullableString,
    operation: int8,
    permissionType: int8,
  }),
  response: struct({
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: nullableString,
    resources: array(
      struct({
        resourceType: int8,
        resourceName: string,
        patternType: since(1, int8),
        acls: array(struct({ principal: string, host: string, operation: int8, permissionType: int8 })),
      }),
    ),
  }),
})

// ElectLeadersRequest  => election_type [topic_partitions] timeout_ms     topic_partitions => topic [partitions]
// ElectLeadersResponse => throttle_time_ms error_code [replica_election_results]
//   replica_election_results => topic [partition_result]     partition_result => partition_id error_code error_message
/** One node leads everything already: each partition answers ELECTION_NOT_NEEDED. */
export const ElectLeaders = message({
  key: 43,
  name: 'ElectLeaders',
  versions: [0, 2],
  flexibleFrom: 2,
  request: struct({
    electionType: since(1, int8),
    topicPartitions: nullableArray(struct({ topic: string, partitions: array(int32) })),
    timeoutMs: until(32767, int32),
  }),
  response: struct({
    throttleTimeMs: int32,
    errorCode: since(1, int16),
    replicaElectionResults: array(
      struct({ topic: string, partitionResult: array(struct({ partitionId: int32, errorCode: int16, errorMessage: nullableString })) }),
    ),
  }),
})

// ListPartitionReassignmentsRequest  => timeout_ms [topics]      topics => name [partition_indexes]
// ListPartitionReassignmentsResponse => throttle_time_ms error_code error_message [topics]
//   topics => name [partitions]    partitions => partition_index [replicas] [adding_replicas] [removing_replicas]
/** Nothing moves on one node: the list is empty. */
export const ListPartitionReassignments = message({
  key: 46,
  name: 'ListPartitionReassignments',
  versions: [0, 0],
  flexibleFrom: 0,
  request: struct({ timeoutMs: int32, topics: nullableArray(struct({ name: string, partitionIndexes: array(int32) })) }),
  response: struct({
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: nullableString,
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({ partitionIndex: int32, replicas: array(int32), addingReplicas: array(int32), removingReplicas: array(int32) }),
        ),
      }),
    ),
  }),
})
