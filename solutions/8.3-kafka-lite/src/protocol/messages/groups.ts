import { array, bool, bytes, int8, int16, int32, nullableString, string } from '../codec.ts'
import { message } from '../message.ts'
import { between, since, struct, until } from '../struct.ts'

// FindCoordinatorRequest  => key key_type | key_type [coordinator_keys]      key_type 0 group, 1 transaction
// FindCoordinatorResponse => throttle_time_ms error_code error_message node_id host port | throttle_time_ms [coordinators]
//   coordinators => key node_id host port error_code error_message
/** Which broker coordinates a group or a transactional id. */
export const FindCoordinator = message({
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 6],
  flexibleFrom: 3,
  request: struct({ key: until(3, string), keyType: since(1, int8), coordinatorKeys: since(4, array(string)) }),
  response: struct({
    throttleTimeMs: since(1, int32),
    errorCode: until(3, int16),
    errorMessage: between(1, 3, nullableString),
    nodeId: until(3, int32),
    host: until(3, string),
    port: until(3, int32),
    coordinators: since(
      4,
      array(struct({ key: string, nodeId: int32, host: string, port: int32, errorCode: int16, errorMessage: nullableString })),
    ),
  }),
})

// JoinGroupRequest  => group_id session_timeout_ms rebalance_timeout_ms member_id group_instance_id protocol_type [protocols] reason
//   protocols => name metadata
// JoinGroupResponse => throttle_time_ms error_code generation_id protocol_type protocol_name leader skip_assignment member_id [members]
//   members   => member_id group_instance_id metadata                     only the leader gets them
/** Enters a group; answered when the generation is complete. */
export const JoinGroup = message({
  key: 11,
  name: 'JoinGroup',
  versions: [0, 9],
  flexibleFrom: 6,
  request: struct({
    groupId: string,
    sessionTimeoutMs: int32,
    rebalanceTimeoutMs: since(1, int32, -1),
    memberId: string,
    groupInstanceId: since(5, nullableString),
    protocolType: string,
    protocols: array(struct({ name: string, metadata: bytes })),
    reason: since(8, nullableString),
  }),
  response: struct({
    throttleTimeMs: since(2, int32),
    errorCode: int16,
    generationId: { codec: int32, from: 0, to: 32767, tag: null, absent: -1 },
    protocolType: since(7, nullableString),
    protocolName: nullableString,
    leader: string,
    skipAssignment: since(9, bool),
    memberId: string,
    members: array(struct({ memberId: string, groupInstanceId: since(5, nullableString), metadata: bytes })),
  }),
})

// SyncGroupRequest  => group_id generation_id member_id group_instance_id protocol_type protocol_name [assignments]
//   assignments => member_id assignment                                   only the leader sends them
// SyncGroupResponse => throttle_time_ms error_code protocol_type protocol_name assignment
/** Gets a member's assignment; answered when the leader has sent it. */
export const SyncGroup = message({
  key: 14,
  name: 'SyncGroup',
  versions: [0, 5],
  flexibleFrom: 4,
  request: struct({
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: since(3, nullableString),
    protocolType: since(5, nullableString),
    protocolName: since(5, nullableString),
    assignments: array(struct({ memberId: string, assignment: bytes })),
  }),
  response: struct({
    throttleTimeMs: since(1, int32),
    errorCode: int16,
    protocolType: since(5, nullableString),
    protocolName: since(5, nullableString),
    assignment: bytes,
  }),
})

// HeartbeatRequest => group_id generation_id member_id group_instance_id       HeartbeatResponse => throttle_time_ms error_code
/** "I am alive"; the answer REBALANCE_IN_PROGRESS tells the member to join again. */
export const Heartbeat = message({
  key: 12,
  name: 'Heartbeat',
  versions: [0, 4],
  flexibleFrom: 4,
  request: struct({ groupId: string, generationId: int32, memberId: string, groupInstanceId: since(3, nullableString) }),
  response: struct({ throttleTimeMs: since(1, int32), errorCode: int16 }),
})

// LeaveGroupRequest  => group_id member_id | group_id [members]      members => member_id group_instance_id reason
// LeaveGroupResponse => throttle_time_ms error_code [members]        members => member_id group_instance_id error_code
/** Leaves at once instead of by session timeout. */
export const LeaveGroup = message({
  key: 13,
  name: 'LeaveGroup',
  versions: [0, 5],
  flexibleFrom: 4,
  request: struct({
    groupId: string,
    memberId: until(2, string),
    members: since(3, array(struct({ memberId: string, groupInstanceId: nullableString, reason: since(5, nullableString) }))),
  }),
  response: struct({
    throttleTimeMs: since(1, int32),
    errorCode: int16,
    members: since(3, array(struct({ memberId: string, groupInstanceId: nullableString, errorCode: int16 }))),
  }),
})

// DescribeGroupsRequest  => [groups] include_authorized_operations
// DescribeGroupsResponse => throttle_time_ms [groups]
//   groups  => error_code error_message group_id group_state protocol_type protocol_data [members] authorized_operations
//   members => member_id group_instance_id client_id client_host member_metadata member_assignment
/** A group with its members and their assignments. */
export const DescribeGroups = message({
  key: 15,
  name: 'DescribeGroups',
  versions: [0, 6],
  flexibleFrom: 5,
  request: struct({ groups: array(string), includeAuthorizedOperations: since(3, bool) }),
  response: struct({
    throttleTimeMs: since(1, int32),
    groups: array(
      struct({
        errorCode: int16,
        errorMessage: since(6, nullableString),
        groupId: string,
        groupState: string,
        protocolType: string,
        protocolData: string,
        members: array(
          struct({
            memberId: string,
            groupInstanceId: since(4, nullableString),
            clientId: string,
            clientHost: string,
            memberMetadata: bytes,
            memberAssignment: bytes,
          }),
        ),
        authorizedOperations: since(3, int32, -2147483648),
      }),
    ),
  }),
})

// ListGroupsRequest  => [states_filter] [types_filter]
// ListGroupsResponse => throttle_time_ms error_code [groups]         groups => group_id protocol_type group_state group_type
/** All groups, filtered by state where asked. */
export const ListGroups = message({
  key: 16,
  name: 'ListGroups',
  versions: [0, 5],
  flexibleFrom: 3,
  request: struct({ statesFilter: since(4, array(string)), typesFilter: since(5, array(string)) }),
  response: struct({
    throttleTimeMs: since(1, int32),
    errorCode: int16,
    groups: array(struct({ groupId: string, protocolType: string, groupState: since(4, string), groupType: since(5, string) })),
  }),
})

// DeleteGroupsRequest => [groups_names]        DeleteGroupsResponse => throttle_time_ms [results]     results => group_id error_code
/** Deletes empty groups and their offsets. */
export const DeleteGroups = message({
  key: 42,
  name: 'DeleteGroups',
  versions: [0, 2],
  flexibleFrom: 2,
  request: struct({ groupsNames: array(string) }),
  response: struct({ throttleTimeMs: int32, results: array(struct({ groupId: string, errorCode: int16 })) }),
})
