/** Reads a topic from its beginning and goes on reading: what a KPI looks at while programs write. */
import { randomBytes } from 'node:crypto'
import type { IHeaders } from 'kafkajs'
import type { KafkaFixture } from '../../services/types.ts'

/** One message as it lies in its partition. */
export interface Message {
  partition: number
  offset: number
  key: Buffer | null
  value: Buffer | null
  headers: IHeaders | undefined
}

/** A topic that is being read. `messages` grows; within a partition it is in order. */
export interface Followed {
  readonly messages: readonly Message[]
  /** Resolves when everything that is in the topic now has been read. Rejects when the broker is not to be reached. */
  caughtUp(): Promise<readonly Message[]>
  close(): Promise<void>
}

/** Milliseconds between two looks whether the end was reached. */
const LOOK_EVERY = 10

/** Follows a topic that is there. Its messages come once each, also when the broker restarts meanwhile. */
export async function follow(kafka: KafkaFixture, topic: string): Promise<Followed> {
  const messages: Message[] = []
  const next = new Map<number, number>()
  const groupId = `${kafka.topicPrefix}follow_${randomBytes(4).toString('hex')}`
  const consumer = kafka.client.consumer({
    groupId,
    maxWaitTimeInMs: 50,
    sessionTimeout: 10_000,
    retry: { retries: 50, maxRetryTime: 500 },
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { partition, messages: read } }) => {
      for (const { offset, key, value, headers } of read) {
        if (Number(offset) < (next.get(partition) ?? 0)) continue
        messages.push({ partition, offset: Number(offset), key, value, headers })
        next.set(partition, Number(offset) + 1)
      }
    },
  })
  return {
    messages,
    async caughtUp() {
      const ends = await kafka.admin.fetchTopicOffsets(topic)
      const behind = () => ends.some(({ partition, high, low }) => Number(high) > Number(low) && (next.get(partition) ?? 0) < Number(high))
      while (behind()) await new Promise(resolve => setTimeout(resolve, LOOK_EVERY))
      return messages
    },
    close: () => consumer.disconnect(),
  }
}
