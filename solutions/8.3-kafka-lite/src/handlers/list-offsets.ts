import type { Partition } from '../cluster/partition.ts'
import type { Handler } from '../context.ts'
import { errorCodeOf, KafkaError } from '../protocol/errors.ts'
import type { ListOffsets } from '../protocol/messages/produce-fetch.ts'
import { lookupMaxTime, lookupTime } from '../storage/time-lookup.ts'
import { checkLeaderEpoch } from './leader-epoch.ts'

type Request = ReturnType<(typeof ListOffsets)['request']['read']>
type Input = Parameters<(typeof ListOffsets)['response']['write']>[1]

const LATEST = -1
const EARLIEST = -2
const MAX_TIMESTAMP = -3
const EARLIEST_LOCAL = -4
const LATEST_TIERED = -5

/** The offset that belongs to a time, or to one of the named places. */
export const listOffsets: Handler<Request, Input> = (context, request) => ({
  topics: request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(wanted => {
      try {
        const partition = context.topics.partition(name, wanted.partitionIndex)
        if (!partition) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
        checkLeaderEpoch(partition, wanted.currentLeaderEpoch)
        const end = request.isolationLevel === 1 ? partition.lastStableOffset : partition.highWatermark
        const found = lookup(partition, wanted.timestamp, end)
        const leaderEpoch =
          found.offset < 0 ? -1 : wanted.timestamp === LATEST ? partition.leaderEpoch : partition.log.epochs.at(found.offset)
        return { partitionIndex: wanted.partitionIndex, errorCode: 0, ...found, leaderEpoch }
      } catch (error) {
        return { partitionIndex: wanted.partitionIndex, errorCode: errorCodeOf(error) }
      }
    }),
  })),
})

const NOTHING = { timestamp: -1, offset: -1 }

function lookup({ log }: Partition, timestamp: number, end: number): { timestamp: number; offset: number } {
  if (timestamp === LATEST) return { timestamp: -1, offset: end }
  if (timestamp === EARLIEST || timestamp === EARLIEST_LOCAL) return { timestamp: -1, offset: log.logStartOffset }
  if (timestamp === LATEST_TIERED) return NOTHING
  const found = timestamp === MAX_TIMESTAMP ? lookupMaxTime(log) : timestamp >= 0 ? lookupTime(log, timestamp) : null
  return found && found.offset < end ? found : NOTHING
}
