/** Reads a sink's topics: batches in order, offsets committed when a batch is done. */
import type { EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs'
import type { Settings } from '../config/definition.ts'
import { pause } from '../context.ts'

export interface Batch {
  topic: string
  partition: number
  messages: KafkaMessage[]
}

/** Milliseconds of silence after which the broker gives up a consumer; heartbeats go on while rows are written. */
const SESSION = 3_000

/** Milliseconds between two looks for topics that a regular expression fits: a consumer of kafkajs only knows those of its start. */
const LOOK_EVERY = 500

/**
 * Runs until the signal is aborted; rejects with what `take` rejects with, or when the broker is not to be reached. A batch whose offsets
 * were not committed comes again.
 */
export async function consume(
  kafka: Kafka,
  name: string,
  settings: Settings,
  signal: AbortSignal,
  running: () => void,
  take: (batch: Batch) => Promise<void>,
): Promise<void> {
  const regex = settings.text('topics.regex')
  if (!regex) return consumeTopics(kafka, name, settings, settings.list('topics'), signal, running, take)
  const admin = kafka.admin()
  await admin.connect()
  const matching = async () => (await admin.listTopics()).filter(topic => new RegExp(`^(?:${regex})$`).test(topic)).sort()
  try {
    while (!signal.aborted) {
      const topics = await matching()
      if (topics.length === 0) {
        running()
        await pause(LOOK_EVERY, signal)
        continue
      }
      const changed = new AbortController()
      const work = consumeTopics(kafka, name, settings, topics, AbortSignal.any([signal, changed.signal]), running, take)
      const over = work.finally(() => changed.abort())
      over.catch(() => {})
      while (!changed.signal.aborted) {
        await pause(LOOK_EVERY, AbortSignal.any([signal, changed.signal]))
        if (signal.aborted || (await matching().catch(() => topics)).join() !== topics.join()) break
      }
      changed.abort()
      await over
    }
  } finally {
    await admin.disconnect()
  }
}

async function consumeTopics(
  kafka: Kafka,
  name: string,
  settings: Settings,
  topics: string[],
  signal: AbortSignal,
  running: () => void,
  take: (batch: Batch) => Promise<void>,
): Promise<void> {
  const consumer = kafka.consumer({
    groupId: `connect-${name}`,
    maxWaitTimeInMs: 250,
    // After a kill -9 the group waits this long for the worker that was.
    sessionTimeout: SESSION,
    heartbeatInterval: SESSION / 5,
    allowAutoTopicCreation: true,
    retry: { retries: 5, restartOnFailure: async () => false },
  })
  const end = Promise.withResolvers<void>()
  const stop = () => end.resolve()
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  const size = settings.number('batch.size')
  const eachBatch = async ({ batch, heartbeat, commitOffsetsIfNecessary, isRunning, isStale }: EachBatchPayload) => {
    // A statement may wait for a lock for longer than a session lasts.
    const beating = setInterval(() => void heartbeat().catch(() => {}), SESSION / 5)
    try {
      for (let from = 0; from < batch.messages.length; from += size) {
        if (!isRunning() || isStale() || signal.aborted) return
        const messages = batch.messages.slice(from, from + size)
        await take({ topic: batch.topic, partition: batch.partition, messages })
        const offset = String(BigInt(messages.at(-1)!.offset) + 1n)
        await commitOffsetsIfNecessary({ topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset }] }] })
      }
    } catch (error) {
      end.reject(error)
      throw error
    } finally {
      clearInterval(beating)
    }
  }
  try {
    await consumer.connect()
    await consumer.subscribe({ topics, fromBeginning: true })
    consumer.on('consumer.crash', ({ payload }) => end.reject(payload.error))
    consumer.on('consumer.group_join', running)
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: true, partitionsConsumedConcurrently: 1, eachBatch })
    await end.promise
  } finally {
    end.promise.catch(() => {})
    signal.removeEventListener('abort', stop)
    await consumer.disconnect().catch(() => {})
  }
}
