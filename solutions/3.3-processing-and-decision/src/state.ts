/** What survives a kill: the state of each partition, with the offset up to which it stands, in a compacted topic. */
import { randomUUID } from 'node:crypto'
import type { Kafka, Producer } from 'kafkajs'

/** The state of one partition of the readings. */
export interface Saved<State> {
  /** Offset of the first message that is not in the state. */
  next: number
  state: State
}

/** Everything that was saved last, by partition. Reads the topic from its beginning to its end. */
export async function loadState<State>(kafka: Kafka, topic: string, groupId: string): Promise<Map<number, Saved<State>>> {
  const saved = new Map<number, Saved<State>>()
  const admin = kafka.admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic).finally(() => admin.disconnect())
  const missing = new Map(ends.filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, Number(high)]))
  if (missing.size === 0) return saved
  const consumer = kafka.consumer({ groupId: `${groupId}-restore-${randomUUID()}`, maxWaitTimeInMs: 50 })
  const end = Promise.withResolvers<void>()
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    consumer.on('consumer.crash', ({ payload }) => end.reject(payload.error))
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const { key, value } of batch.messages) if (key && value) saved.set(Number(key), JSON.parse(String(value)) as Saved<State>)
        if (Number(batch.lastOffset()) + 1 >= (missing.get(batch.partition) ?? 0)) missing.delete(batch.partition)
        if (missing.size === 0) end.resolve()
      },
    })
    await end.promise
  } finally {
    await consumer.disconnect()
  }
  return saved
}

/** Saves the state of some partitions. */
export async function saveState<State>(producer: Producer, topic: string, states: ReadonlyMap<number, Saved<State>>): Promise<void> {
  if (states.size === 0) return
  const messages = [...states].map(([partition, saved]) => ({ key: String(partition), value: JSON.stringify(saved) }))
  await producer.send({ topic, acks: -1, messages })
}
