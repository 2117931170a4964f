/** A topic as somebody sees it who had no part in writing it: every record, in the order of each partition. */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { KafkaMessage } from 'kafkajs'
import type { KafkaFixture } from '../services/types.ts'

type Broker = Pick<KafkaFixture, 'admin' | 'client' | 'topicPrefix'>

/** One record of a topic. */
export interface TopicRecord {
  partition: number
  offset: number
  /** As text; null where there is none. */
  key: string | null
  value: Buffer | null
  /** As text; of a header that is there twice the last. */
  headers: Record<string, string>
}

/** Milliseconds until every broker knows a new topic: some brokers are containers on a busy machine. */
const KNOWN_WITHIN = 30_000

/**
 * Makes topics, by name with their number of partitions, and waits until they can be used: a broker answers that a topic is made before all know it.
 * @throws whatever the client throws when they cannot be made, or are not known in 30 s
 */
export async function makeTopics({ admin }: Pick<Broker, 'admin'>, topics: Record<string, number>): Promise<void> {
  await admin.createTopics({
    topics: Object.entries(topics).map(([topic, numPartitions]) => ({ topic, numPartitions })),
    waitForLeaders: false,
  })
  const deadline = performance.now() + KNOWN_WITHIN
  for (const topic of Object.keys(topics)) {
    for (;;) {
      try {
        await admin.fetchTopicOffsets(topic)
        break
      } catch (error) {
        if (performance.now() > deadline) throw error
        await delay(100)
      }
    }
  }
}

/** How many records the topic's partitions hold together. */
export async function recordsIn({ admin }: Pick<Broker, 'admin'>, topic: string): Promise<number> {
  const partitions = await admin.fetchTopicOffsets(topic)
  return partitions.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
}

/** How many records of a topic a group has done with, as far as it has committed: the sum of its offsets. */
export async function committedBy({ admin }: Pick<Broker, 'admin'>, groupId: string, topic: string): Promise<number> {
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] })
  return (offsets?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
}

/**
 * Reads a topic from its beginning to what is its end now; partition by partition, each in its order.
 * @throws whatever the client throws when the broker goes away
 */
export async function readTopic({ admin, client, topicPrefix }: Broker, topic: string): Promise<TopicRecord[]> {
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => [partition, [Number(low), Number(high)]]))
  const records: TopicRecord[] = []
  const open = new Set([...ends].filter(([, [low, high]]) => low! < high!).map(([partition]) => partition))
  if (open.size === 0) return records
  const groupId = `${topicPrefix}grader-${randomBytes(4).toString('hex')}`
  const consumer = client.consumer({ groupId, maxWaitTimeInMs: 50, allowAutoTopicCreation: false })
  const done = Promise.withResolvers<void>()
  const next = new Map<number, number>()
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    // A new group's coordinator may have to be made first: the client starts again by itself, from the beginning.
    consumer.on('consumer.crash', ({ payload }) => payload.restart || done.reject(payload.error))
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch: { partition, messages } }) => {
        const end = ends.get(partition)?.[1] ?? 0
        for (const message of messages) {
          const offset = Number(message.offset)
          if (offset >= end || offset < (next.get(partition) ?? 0)) continue
          records.push(recordOf(partition, message))
          next.set(partition, offset + 1)
        }
        if (Number(messages.at(-1)?.offset ?? -1) + 1 >= end) open.delete(partition)
        if (open.size === 0) done.resolve()
      },
    })
    await done.promise
  } finally {
    await consumer.disconnect()
  }
  return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}

function recordOf(partition: number, { offset, key, value, headers }: KafkaMessage): TopicRecord {
  const texts = Object.entries(headers ?? {}).map(([name, content]) => [name, String(Array.isArray(content) ? content.at(-1) : content)])
  return { partition, offset: Number(offset), key: key === null ? null : String(key), value, headers: Object.fromEntries(texts) }
}
