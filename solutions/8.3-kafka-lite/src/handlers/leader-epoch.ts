import type { Partition } from '../cluster/partition.ts'
import type { BrokerContext, Handler } from '../context.ts'
import { errorCodeOf, KafkaError } from '../protocol/errors.ts'
import type { OffsetForLeaderEpoch } from '../protocol/messages/produce-fetch.ts'

type Request = ReturnType<(typeof OffsetForLeaderEpoch)['request']['read']>
type Input = Parameters<(typeof OffsetForLeaderEpoch)['response']['write']>[1]

/** Refuses a client whose metadata is older or newer than ours; -1 means that it does not say. @throws KafkaError */
export function checkLeaderEpoch(partition: Partition, claimed: number): void {
  if (claimed < 0 || claimed === partition.leaderEpoch) return
  throw new KafkaError(claimed < partition.leaderEpoch ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH')
}

/** Answers where an epoch ended. */
export const offsetForLeaderEpoch: Handler<Request, Input> = (context: BrokerContext, request) => ({
  topics: request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition: index, currentLeaderEpoch, leaderEpoch }) => {
      try {
        const partition = context.topics.partition(topic, index)
        if (!partition) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
        checkLeaderEpoch(partition, currentLeaderEpoch)
        if (leaderEpoch === partition.leaderEpoch)
          return { partition: index, errorCode: 0, leaderEpoch, endOffset: partition.highWatermark }
        const [found, endOffset] = partition.log.epochs.endOf(leaderEpoch, partition.highWatermark)
        return { partition: index, errorCode: 0, leaderEpoch: found, endOffset }
      } catch (error) {
        return { partition: index, errorCode: errorCodeOf(error), leaderEpoch: -1, endOffset: -1 }
      }
    }),
  })),
})
