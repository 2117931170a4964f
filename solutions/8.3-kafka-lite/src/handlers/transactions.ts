import type { BrokerContext, Handler } from '../context.ts'
import { ERRORS, errorCodeOf, KafkaError } from '../protocol/errors.ts'
import type * as m from '../protocol/messages/transactions.ts'
import type { StoredTxn } from '../transactions/txn-records.ts'

type Req<M extends { request: { read(r: never): unknown } }> = ReturnType<M['request']['read']>
type Res<M extends { response: { write(w: never, v: never): void } }> = Parameters<M['response']['write']>[1]

/** Versions before PRODUCER_FENCED existed say INVALID_PRODUCER_EPOCH instead (KIP-588). */
function codeFor(error: unknown, version: number, knowsFenced: number): number {
  const code = errorCodeOf(error)
  return code === ERRORS.PRODUCER_FENCED && version < knowsFenced ? ERRORS.INVALID_PRODUCER_EPOCH : code
}

/** Gives a producer its identity. */
export const initProducerId: Handler<Req<typeof m.InitProducerId>, Res<typeof m.InitProducerId>> = async ({ txns }, r, { version }) => {
  try {
    return await txns.initProducerId(r.transactionalId, r.transactionTimeoutMs, r)
  } catch (error) {
    return { errorCode: codeFor(error, version, 4), producerId: -1, producerEpoch: -1 }
  }
}

/** Adds partitions to the transaction; when one is unknown, none is added. */
export const addPartitionsToTxn: Handler<Req<typeof m.AddPartitionsToTxn>, Res<typeof m.AddPartitionsToTxn>> = async (
  context,
  r,
  { version },
) => {
  const all = r.topics.flatMap(t => t.partitions.map(partition => ({ topic: t.name, partition })))
  const unknown = new Set(all.filter(p => !context.topics.partition(p.topic, p.partition)).map(p => `${p.topic}-${p.partition}`))
  let common: number = unknown.size > 0 ? OPERATION_NOT_ATTEMPTED : 0
  if (unknown.size === 0) {
    try {
      await context.txns.addPartitions(r.transactionalId, r, all)
    } catch (error) {
      common = codeFor(error, version, 2)
    }
  }
  return {
    resultsByTopic: r.topics.map(({ name, partitions }) => ({
      name,
      resultsByPartition: partitions.map(partitionIndex => ({
        partitionIndex,
        partitionErrorCode: unknown.has(`${name}-${partitionIndex}`) ? ERRORS.UNKNOWN_TOPIC_OR_PARTITION : common,
      })),
    })),
  }
}
const OPERATION_NOT_ATTEMPTED = 55

/** Makes the group's partition of the offsets topic part of the transaction. */
export const addOffsetsToTxn: Handler<Req<typeof m.AddOffsetsToTxn>, Res<typeof m.AddOffsetsToTxn>> = async (context, r, { version }) => {
  try {
    if (r.groupId === '') throw new KafkaError('INVALID_GROUP_ID')
    const { topic } = context.groups
    await topic.ensure()
    await context.txns.addPartitions(r.transactionalId, r, [{ topic: topic.name, partition: topic.partitionOf(r.groupId) }])
    return { errorCode: 0 }
  } catch (error) {
    return { errorCode: codeFor(error, version, 2) }
  }
}

/** Ends the transaction. */
export const endTxn: Handler<Req<typeof m.EndTxn>, Res<typeof m.EndTxn>> = async ({ txns }, r, { version }) => {
  try {
    await txns.endTxn(r.transactionalId, r, r.committed)
    return { errorCode: 0 }
  } catch (error) {
    return { errorCode: codeFor(error, version, 2) }
  }
}

/** Who writes to a partition. */
export const describeProducers: Handler<Req<typeof m.DescribeProducers>, Res<typeof m.DescribeProducers>> = (
  { topics }: BrokerContext,
  r,
) => ({
  topics: r.topics.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map(partitionIndex => {
      const partition = topics.partition(name, partitionIndex)
      if (!partition) return { partitionIndex, errorCode: ERRORS.UNKNOWN_TOPIC_OR_PARTITION, activeProducers: [] }
      const activeProducers = [...partition.log.producers.producers].map(([producerId, entry]) => ({
        producerId,
        producerEpoch: entry.epoch,
        lastSequence: entry.batches.at(-1)?.lastSequence ?? -1,
        lastTimestamp: entry.lastTimestamp,
        coordinatorEpoch: 0,
        currentTxnStartOffset: entry.txnFirstOffset,
      }))
      return { partitionIndex, errorCode: 0, activeProducers }
    }),
  })),
})

/** The coordinator's view. */
export const describeTransactions: Handler<Req<typeof m.DescribeTransactions>, Res<typeof m.DescribeTransactions>> = ({ txns }, r) => ({
  transactionStates: r.transactionalIds.map(transactionalId => {
    const txn = txns.get(transactionalId)
    if (!txn) return { transactionalId, errorCode: ERRORS.TRANSACTIONAL_ID_NOT_FOUND }
    return {
      errorCode: 0,
      transactionalId,
      transactionState: txn.state,
      transactionTimeoutMs: txn.timeoutMs,
      transactionStartTimeMs: txn.startedAt,
      producerId: txn.producerId,
      producerEpoch: txn.producerEpoch,
      topics: txn.state === 'Ongoing' ? txn.partitions.map(p => ({ topic: p.topic, partitions: p.partitionIds })) : [],
    }
  }),
})

const STATES = ['Empty', 'Ongoing', 'PrepareCommit', 'PrepareAbort', 'CompleteCommit', 'CompleteAbort', 'Dead', 'PrepareEpochFence']

/** All transactional ids. */
export const listTransactions: Handler<Req<typeof m.ListTransactions>, Res<typeof m.ListTransactions>> = ({ txns }, r) => {
  const wanted = (t: StoredTxn) =>
    (r.stateFilters.length === 0 || r.stateFilters.includes(t.state)) &&
    (r.producerIdFilters.length === 0 || r.producerIdFilters.includes(t.producerId)) &&
    (r.durationFilter < 0 || (t.state === 'Ongoing' && Date.now() - t.startedAt >= r.durationFilter))
  return {
    unknownStateFilters: r.stateFilters.filter(s => !STATES.includes(s)),
    transactionStates: txns
      .all()
      .filter(wanted)
      .map(t => ({ transactionalId: t.transactionalId, producerId: t.producerId, transactionState: t.state })),
  }
}
