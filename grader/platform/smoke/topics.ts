/** Watches topics from now on for the marker. */
import { randomBytes } from 'node:crypto'
import type { Kafka } from 'kafkajs'

/** When the marker was first seen in each topic (performance.now). */
export interface TopicWatch {
  seen: ReadonlyMap<string, number>
  close(): Promise<void>
}

/**
 * Reads the topics from their present ends and looks for the marker in the bytes of each value: Avro writes text as it is.
 * Resolves when nothing that comes from now on can be missed.
 */
export async function watchTopics(client: Kafka, topics: readonly string[], marker: string): Promise<TopicWatch> {
  const admin = client.admin()
  await admin.connect()
  const ends = await Promise.all(
    topics.map(async topic => (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({ topic, partition, offset: high }))),
  )
  const groupId = `smoke-${randomBytes(4).toString('hex')}`
  const consumer = client.consumer({ groupId, maxWaitTimeInMs: 50 })
  const seen = new Map<string, number>()
  await consumer.connect()
  await consumer.subscribe({ topics: [...topics], fromBeginning: false })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, message }) => {
      if (!seen.has(topic) && message.value?.includes(marker)) seen.set(topic, performance.now())
    },
  })
  for (const end of ends.flat()) consumer.seek(end)
  return {
    seen,
    async close() {
      await consumer.disconnect()
      await admin.deleteGroups([groupId]).catch(() => {}) // Nothing of a look stays behind, if the broker lets it.
      await admin.disconnect()
    },
  }
}
