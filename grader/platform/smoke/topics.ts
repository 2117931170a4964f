/** Watches topics from now on for what a smoke run has marked. */
import { randomBytes } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { framedReader } from '../../experiments/framed.ts'
import { askJson } from '../../services/json-client.ts'

/** When a topic's first message that fits was seen (performance.now). */
export interface TopicWatch {
  seen: ReadonlyMap<string, number>
  close(): Promise<void>
}

/** Whether a decoded value is the run's own, by topic. */
export type Fits = Readonly<Record<string, (value: Record<string, unknown>) => boolean>>

/**
 * Kafka.js sets a timer to minus the present time when a broker does not throttle it, and Node says so on the terminal at each run.
 * Every other warning is shown.
 */
function withoutTimerWarning(): void {
  const emit = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] !== 'TimeoutNegativeWarning') Reflect.apply(emit, process, [warning, ...rest])
  }) as typeof process.emitWarning
}

/** Reads the topics from their present ends. Resolves when nothing that comes from now on can be missed. */
export async function watchTopics(client: Kafka, registry: string, fits: Fits): Promise<TopicWatch> {
  withoutTimerWarning()
  const topics = Object.keys(fits)
  const read = framedReader({ ask: (path, method, body) => askJson(registry, path, method, body) })
  const admin = client.admin()
  await admin.connect()
  const ends = await Promise.all(
    topics.map(async topic => (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({ topic, partition, offset: high }))),
  )
  const groupId = `smoke-${randomBytes(4).toString('hex')}`
  const consumer = client.consumer({ groupId, maxWaitTimeInMs: 50 })
  const seen = new Map<string, number>()
  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: false })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, message: { value } }) => {
      if (seen.has(topic) || value === null) return
      if (fits[topic]!((await read(value)).value)) seen.set(topic, performance.now())
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
