import { array, int8, int16, int32, int64, nullableArray, string } from '../protocol/codec.ts'
import { encode } from '../protocol/message.ts'
import { Reader } from '../protocol/reader.ts'
import { struct } from '../protocol/struct.ts'

// The records of __transaction_state, in Kafka's own format: key and value each begin with a version INT16 = 0.
//
// TransactionLogKey v0   => transactional_id STRING
// TransactionLogValue v0 => producer_id INT64, producer_epoch INT16, transaction_timeout_ms INT32, transaction_status INT8,
//                           [transaction_partitions] nullable, transaction_last_update_timestamp_ms INT64, transaction_start_timestamp_ms INT64
//   transaction_partitions => topic STRING, [partition_ids INT32]
const Key = struct({ transactionalId: string })
const Value = struct({
  producerId: int64,
  producerEpoch: int16,
  transactionTimeoutMs: int32,
  transactionStatus: int8,
  transactionPartitions: nullableArray(struct({ topic: string, partitionIds: array(int32) })),
  transactionLastUpdateTimestampMs: int64,
  transactionStartTimestampMs: int64,
})

/** The states of a transaction; the position is Kafka's number for it. */
export const TXN_STATES = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
] as const
export type TxnState = (typeof TXN_STATES)[number]

/** A transactional id's state as it is kept. */
export interface StoredTxn {
  transactionalId: string
  producerId: number
  producerEpoch: number
  timeoutMs: number
  state: TxnState
  partitions: { topic: string; partitionIds: number[] }[]
  updatedAt: number
  startedAt: number
}

const versioned = (body: Buffer) => Buffer.concat([Buffer.from([0, 0]), body])

/** The record that stores a transaction's state; with `gone` the one that forgets the id. */
export function txnRecord(txn: StoredTxn, gone = false): { key: Buffer; value: Buffer | null } {
  const key = versioned(encode(Key, { transactionalId: txn.transactionalId }, 0, false))
  if (gone) return { key, value: null }
  const value = {
    producerId: txn.producerId,
    producerEpoch: txn.producerEpoch,
    transactionTimeoutMs: txn.timeoutMs,
    transactionStatus: TXN_STATES.indexOf(txn.state),
    transactionPartitions: txn.state === 'Empty' ? null : txn.partitions,
    transactionLastUpdateTimestampMs: txn.updatedAt,
    transactionStartTimestampMs: txn.startedAt,
  }
  return { key, value: versioned(encode(Value, value, 0, false)) }
}

/** Reads a record of the topic; `txn` is null for a forgotten id. */
export function readTxnRecord(key: Buffer, value: Buffer | null): { transactionalId: string; txn: StoredTxn | null } {
  const { transactionalId } = Key.read(new Reader(key, 2))
  if (!value) return { transactionalId, txn: null }
  const v = Value.read(new Reader(value, 2))
  const txn: StoredTxn = {
    transactionalId,
    producerId: v.producerId,
    producerEpoch: v.producerEpoch,
    timeoutMs: v.transactionTimeoutMs,
    state: TXN_STATES[v.transactionStatus] ?? 'Empty',
    partitions: v.transactionPartitions ?? [],
    updatedAt: v.transactionLastUpdateTimestampMs,
    startedAt: v.transactionStartTimestampMs,
  }
  return { transactionalId, txn }
}
