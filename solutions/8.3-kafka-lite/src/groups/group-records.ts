import { array, bytes, int32, int64, nullableString, string } from '../protocol/codec.ts'
import { encode } from '../protocol/message.ts'
import { Reader } from '../protocol/reader.ts'
import { since, struct } from '../protocol/struct.ts'
import type { Group } from './group.ts'

// The records of __consumer_offsets, in Kafka's own formats: key and value each begin with a version INT16.
//
// OffsetCommitKey v0-1     => group STRING, topic STRING, partition INT32
// OffsetCommitValue v3     => offset INT64, leader_epoch INT32, metadata STRING, commit_timestamp INT64
// GroupMetadataKey v2      => group STRING
// GroupMetadataValue v3    => protocol_type STRING, generation INT32, protocol NULLABLE_STRING, leader NULLABLE_STRING,
//                             current_state_timestamp INT64, [members]
//   members                => member_id group_instance_id client_id client_host rebalance_timeout session_timeout subscription assignment
const OffsetKey = struct({ group: string, topic: string, partition: int32 })
const OffsetValue = struct({ offset: int64, leaderEpoch: since(3, int32, -1), metadata: string, commitTimestamp: int64 })
const GroupKey = struct({ group: string })
const GroupValue = struct({
  protocolType: string,
  generation: int32,
  protocol: nullableString,
  leader: nullableString,
  currentStateTimestamp: since(2, int64, -1),
  members: array(
    struct({
      memberId: string,
      groupInstanceId: since(3, nullableString),
      clientId: string,
      clientHost: string,
      rebalanceTimeout: since(1, int32),
      sessionTimeout: int32,
      subscription: bytes,
      assignment: bytes,
    }),
  ),
})

const OFFSET_KEY = 1
const GROUP_KEY = 2
const VALUE_VERSION = 3

/** A committed offset as it is kept. */
export interface StoredOffset {
  offset: number
  leaderEpoch: number
  metadata: string
  commitTimestamp: number
}

/** A group's generation as it is kept. */
export type StoredGroup = ReturnType<(typeof GroupValue)['read']>

/** A group's present generation in that form. */
export function storedGroup(group: Group): StoredGroup {
  return {
    protocolType: group.protocolType ?? '',
    generation: group.generation,
    protocol: group.protocol,
    leader: group.leader,
    currentStateTimestamp: Date.now(),
    members: group.roster.all().map(m => m.stored(group.protocol)),
  }
}

/** What a record of the topic means. */
export type GroupRecord =
  | { kind: 'offset'; group: string; topic: string; partition: number; value: StoredOffset | null }
  | { kind: 'group'; group: string; value: StoredGroup | null }

const versioned = (version: number, body: Buffer): Buffer => {
  const prefix = Buffer.alloc(2)
  prefix.writeInt16BE(version)
  return Buffer.concat([prefix, body])
}

/** The record that stores (or, with null, forgets) an offset. */
export function offsetRecord(
  group: string,
  topic: string,
  partition: number,
  value: StoredOffset | null,
): { key: Buffer; value: Buffer | null } {
  return {
    key: versioned(OFFSET_KEY, encode(OffsetKey, { group, topic, partition }, OFFSET_KEY, false)),
    value: value && versioned(VALUE_VERSION, encode(OffsetValue, value, VALUE_VERSION, false)),
  }
}

/** The record that stores (or, with null, forgets) a group. */
export function groupRecord(group: string, value: StoredGroup | null): { key: Buffer; value: Buffer | null } {
  return {
    key: versioned(GROUP_KEY, encode(GroupKey, { group }, GROUP_KEY, false)),
    value: value && versioned(VALUE_VERSION, encode(GroupValue, value, VALUE_VERSION, false)),
  }
}

/** Reads a record of the topic; null for kinds that are not ours. */
export function readGroupRecord(key: Buffer, value: Buffer | null): GroupRecord | null {
  const k = new Reader(key)
  const version = (k.version = k.int16())
  let v: Reader | null = null
  if (value) {
    v = new Reader(value)
    v.version = v.int16()
  }
  if (version === 0 || version === OFFSET_KEY) return { kind: 'offset', ...OffsetKey.read(k), value: v && OffsetValue.read(v) }
  if (version === GROUP_KEY) return { kind: 'group', ...GroupKey.read(k), value: v && GroupValue.read(v) }
  return null
}
