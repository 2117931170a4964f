import type { Partition } from '../cluster/partition.ts'
import type { Topic } from '../cluster/topics.ts'
import type { BrokerContext, Handler, RequestInfo } from '../context.ts'
import { ERRORS, errorCodeOf, KafkaError } from '../protocol/errors.ts'
import type { Fetch } from '../protocol/messages/produce-fetch.ts'
import { checkLeaderEpoch } from './leader-epoch.ts'

type Request = ReturnType<(typeof Fetch)['request']['read']>
type Input = Parameters<(typeof Fetch)['response']['write']>[1]
type Wanted = Request['topics'][number]['partitions'][number]

interface Round {
  response: Input
  bytes: number
  /** An error is answered at once, as Kafka does. */
  failed: boolean
  partitions: Partition[]
}

const EMPTY = Buffer.alloc(0)
const READ_COMMITTED = 1

/** Reads batches; when there is less than min_bytes, waits for appends - woken by them, never polling - up to max_wait_ms. */
export const fetch: Handler<Request, Input> = (context, request, info) => {
  // No fetch sessions (KIP-227): a client that asks for one gets id 0 and goes on with full requests.
  if (request.sessionId !== 0) return { errorCode: ERRORS.FETCH_SESSION_ID_NOT_FOUND, responses: [] }
  const first = readAll(context, request, info.version)
  if (first.bytes >= request.minBytes || first.failed || request.maxWaitMs <= 0 || first.partitions.length === 0) return first.response
  return longPoll(context, request, info, first)
}

async function longPoll(context: BrokerContext, request: Request, info: RequestInfo, first: Round): Promise<Input> {
  const deadline = Date.now() + request.maxWaitMs
  let round = first
  while (!round.failed && round.bytes < request.minBytes) {
    const left = deadline - Date.now()
    if (left <= 0 || info.connection.socket.destroyed) break
    await moreToRead(round.partitions, request.minBytes - round.bytes, left, info)
    round = readAll(context, request, info.version)
  }
  return round.response
}

/** Resolves when the partitions got `bytes` more, time is up, or the client is gone. */
function moreToRead(partitions: Partition[], bytes: number, ms: number, { connection }: RequestInfo): Promise<void> {
  return new Promise(resolve => {
    let missing = bytes
    const done = () => {
      clearTimeout(timer)
      for (const end of ends) end()
      resolve()
    }
    const timer = setTimeout(done, ms)
    const ends = partitions.map(partition =>
      partition.watch(appended => {
        missing -= appended
        // Zero bytes: the high watermark or the last stable offset moved over what was there already.
        if (missing <= 0 || appended === 0) done()
      }),
    )
    ends.push(connection.onClose(done))
  })
}

function readAll(context: BrokerContext, request: Request, version: number): Round {
  const round: Round = { response: {}, bytes: 0, failed: false, partitions: [] }
  const budget = Math.min(request.maxBytes, context.options.maxFetchBytes)
  const responses = request.topics.map(({ topic: name, topicId, partitions }) => {
    const topic = version >= 13 ? context.topics.byId(topicId) : context.topics.get(name)
    return {
      topic: name,
      topicId,
      partitions: partitions.map(wanted => {
        try {
          const partition = find(topic, wanted, version)
          const answer = readOne(partition, wanted, request, Math.max(0, budget - round.bytes), round.bytes === 0)
          round.bytes += answer.records.length
          round.partitions.push(partition)
          return answer
        } catch (error) {
          round.failed = true
          return { partitionIndex: wanted.partition, errorCode: errorCodeOf(error), abortedTransactions: [], records: EMPTY }
        }
      }),
    }
  })
  round.response = { responses }
  return round
}

function find(topic: Topic | undefined, wanted: Wanted, version: number): Partition {
  const partition = topic?.partitions[wanted.partition]
  if (!topic && version >= 13) throw new KafkaError('UNKNOWN_TOPIC_ID')
  if (!partition) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
  return partition
}

function readOne(partition: Partition, wanted: Wanted, request: Request, budget: number, atLeastOne: boolean) {
  checkLeaderEpoch(partition, wanted.currentLeaderEpoch)
  const { log, highWatermark, lastStableOffset } = partition
  const { fetchOffset } = wanted
  if (fetchOffset < log.logStartOffset || fetchOffset > log.nextOffset) throw new KafkaError('OFFSET_OUT_OF_RANGE')
  const committedOnly = request.isolationLevel === READ_COMMITTED
  const end = committedOnly ? lastStableOffset : highWatermark
  const bytes = Math.min(wanted.partitionMaxBytes, budget)
  const nothing = fetchOffset >= end || (bytes <= 0 && !atLeastOne)
  const { records, nextOffset } = nothing ? { records: EMPTY, nextOffset: fetchOffset } : log.read(fetchOffset, bytes, end, atLeastOne)
  return {
    partitionIndex: partition.index,
    errorCode: 0,
    highWatermark,
    lastStableOffset,
    logStartOffset: log.logStartOffset,
    abortedTransactions: committedOnly ? partition.abortedBetween(fetchOffset, nextOffset) : null,
    records,
  }
}
