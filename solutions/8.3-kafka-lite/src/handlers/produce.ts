import type { Appended, Partition } from '../cluster/partition.ts'
import { INTERNAL_TOPICS } from '../cluster/topics.ts'
import type { BrokerContext, Handler } from '../context.ts'
import { ERRORS, errorCodeOf, KafkaError } from '../protocol/errors.ts'
import type { Produce } from '../protocol/messages/produce-fetch.ts'
import { BATCH_HEADER, readBatchInfo, TRANSACTIONAL } from '../storage/batch.ts'

type Request = ReturnType<(typeof Produce)['request']['read']>
type Input = Parameters<(typeof Produce)['response']['write']>[1]
interface Answer {
  index: number
  errorCode: number
  errorMessage: string | null
  baseOffset: number
  logAppendTimeMs: number
  logStartOffset: number
}

/** Appends, and answers when the batches are committed under the fsync policy - or, with acks=0, not at all. */
export const produce: Handler<Request, Input> = (context, request, { connection }) => {
  const waits: Promise<void>[] = []
  const now = Date.now()
  const responses = request.topicData.map(({ name, partitionData }) => ({
    name,
    partitionResponses: partitionData.map(({ index, records }): Answer => {
      try {
        const partition = writable(context, request, name, index)
        const appended = append(context, partition, request.transactionalId, records, now)
        const answer = { ...success(appended, partition), index }
        const wait = partition.acknowledged(appended.lastOffset)
        if (wait) waits.push(wait.catch(error => void Object.assign(answer, failure(error))))
        return answer
      } catch (error) {
        return { ...failure(error), index }
      }
    }),
  }))
  if (request.acks === 0) {
    // Kafka's only way to tell a client that waits for no answer: it closes the connection.
    if (responses.some(t => t.partitionResponses.some(p => p.errorCode !== 0))) connection.close()
    return null
  }
  if (waits.length === 0) return { responses }
  return withTimeout(Promise.all(waits), request.timeoutMs, () => {
    for (const topic of responses) for (const p of topic.partitionResponses) if (p.errorCode === 0) p.errorCode = ERRORS.REQUEST_TIMED_OUT
  }).then(() => ({ responses }))
}

function writable(context: BrokerContext, { acks }: Request, name: string, index: number): Partition {
  if (acks < -1 || acks > 1) throw new KafkaError('INVALID_REQUIRED_ACKS')
  if (INTERNAL_TOPICS.has(name)) throw new KafkaError('INVALID_TOPIC_EXCEPTION', 'internal topics are written by the broker')
  const partition = context.topics.partition(name, index)
  if (!partition) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
  if (acks === -1 && partition.settings().minInsyncReplicas > 1)
    throw new KafkaError('NOT_ENOUGH_REPLICAS', 'min.insync.replicas is above 1, one replica is in sync')
  return partition
}

function append(context: BrokerContext, partition: Partition, transactionalId: string | null, batch: Buffer | null, now: number): Appended {
  if (!batch) throw new KafkaError('INVALID_RECORD', 'no record batch')
  if (batch.length >= BATCH_HEADER) {
    const info = readBatchInfo(batch)
    if (info.attributes & TRANSACTIONAL) {
      if (transactionalId === null) throw new KafkaError('INVALID_TXN_STATE', 'a transactional batch without a transactional id')
      // A repetition of a batch whose transaction has ended is answered as before; anything else must belong to the open one.
      const fenced = (partition.log.producers.producers.get(info.producerId)?.epoch ?? -1) > info.producerEpoch
      if (!fenced && !context.txns.isOpenFor(transactionalId, info, partition.topic, partition.index))
        throw new KafkaError('INVALID_TXN_STATE')
    }
    context.metrics.recordsIn += Math.max(0, info.recordsCount)
  }
  return partition.appendFromClient(batch, now)
}

function success(appended: Appended, partition: Partition): Omit<Answer, 'index'> {
  return {
    errorCode: 0,
    errorMessage: null,
    baseOffset: appended.baseOffset,
    logAppendTimeMs: appended.appendTime,
    logStartOffset: partition.log.logStartOffset,
  }
}

function failure(error: unknown): Omit<Answer, 'index'> {
  const errorMessage = error instanceof KafkaError ? error.message : null
  return { errorCode: errorCodeOf(error), errorMessage, baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1 }
}

async function withTimeout(work: Promise<unknown>, ms: number, late: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>(resolve => {
    timer = setTimeout(
      () => {
        late()
        resolve()
      },
      Math.min(Math.max(ms, 0), 2 ** 31 - 1),
    )
  })
  await Promise.race([work, timeout])
  clearTimeout(timer)
}
