/** Topics, made on purpose: how many partitions one has is a decision. */
import { kafka } from '../kafka.ts'
import { ALERTS, CHANGES, READINGS, REJECTS, STATE } from '../names.ts'
import { until } from './until.ts'

/** Readings are many, and in order for each vehicle; the rest is small. */
const PARTITIONS: Record<string, number> = { [READINGS]: 3 }
const COMPACTED = { configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }

/** Makes the topics that are missing. */
export async function makeTopics(): Promise<void> {
  const admin = kafka('prepare').admin()
  await admin.connect()
  const wanted = [STATE, ...Object.values(CHANGES), READINGS, ALERTS, `${ALERTS}.dead`, REJECTS]
  const there = await admin.listTopics()
  const topics = wanted
    .filter(topic => !there.includes(topic))
    .map(topic => ({ topic, numPartitions: PARTITIONS[topic] ?? 1, ...(topic === STATE ? COMPACTED : {}) }))
  if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: true })
  await until('topics', async () => {
    const { topics: seen } = await admin.fetchTopicMetadata({ topics: wanted })
    return seen.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0)) || undefined
  })
  await admin.disconnect()
}
