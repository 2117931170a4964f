/** The sink: readings and alerts into their tables. Order of each step: rows, dead letters, offsets. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Batch, Kafka, type KafkaMessage, logLevel, type Message } from 'kafkajs'
import pg from 'pg'
import { readConfig } from './config.ts'
import { Decoder, Unreadable } from './decode.ts'
import { writeAlerts, writeReadings } from './tables.ts'
import type { Alert, Reading } from './types.ts'

/** Messages of one statement, at most. */
const STEP = 500
const AGAIN_AFTER = 250

const config = readConfig(process.env)
const decoder = new Decoder(config.registryUrl)
const pool = new pg.Pool({ connectionString: config.databaseUrl, max: 2, connectionTimeoutMillis: 5000 })
// An idle connection that breaks says so here; the next statement opens another one.
pool.on('error', error => console.error(`database: ${error.message}`))

const kafka = new Kafka({
  clientId: 'sink',
  brokers: config.brokers,
  logLevel: logLevel.ERROR,
  retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 1000 },
})
const producer = kafka.producer({ maxInFlightRequests: 1 })
const consumer = kafka.consumer({
  groupId: config.groupId,
  sessionTimeout: config.sessionMs,
  heartbeatInterval: config.sessionMs / 5,
  maxWaitTimeInMs: 100,
})

/** Until it works: everything here may be done twice. */
async function untilDone<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Unreadable) throw error
      console.error(`${what}: ${(error as Error).message}; again in ${AGAIN_AFTER} ms`)
      await delay(AGAIN_AFTER)
    }
  }
}

/** A message that cannot be read, as it came, with the headers that Connect adds. */
function deadLetter({ topic, partition }: Batch, { key, value, offset, headers }: KafkaMessage, why: string): Message {
  const about = { topic, partition: String(partition), offset, stage: 'VALUE_CONVERTER', 'exception.message': why }
  const added = Object.entries(about).map(([name, text]) => [`__connect.errors.${name}`, text])
  return { key, value, headers: { ...headers, reason: String(added.at(-1)?.[1]) } }
}

async function step(batch: Batch, messages: readonly KafkaMessage[]): Promise<void> {
  const values: unknown[] = []
  const letters: Message[] = []
  for (const message of messages) {
    try {
      values.push(await untilDone('registry', () => decoder.read(message.value)))
    } catch (error) {
      letters.push(deadLetter(batch, message, (error as Error).message))
    }
  }
  const write =
    batch.topic === config.topics.alerts ? () => writeAlerts(pool, values as Alert[]) : () => writeReadings(pool, values as Reading[])
  if (values.length > 0) await untilDone('database', write)
  if (letters.length > 0)
    await untilDone('dead letters', () => producer.send({ topic: config.topics.deadLetters, acks: -1, messages: letters }))
}

consumer.on('consumer.group_join', () => console.log('ready'))
await producer.connect()
await consumer.connect()
await consumer.subscribe({ topics: [config.topics.readings, config.topics.alerts], fromBeginning: true })
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch, heartbeat, isRunning, isStale }) => {
    // A statement may wait for longer than a session lasts.
    const beating = setInterval(() => void heartbeat().catch(() => {}), config.sessionMs / 5)
    try {
      for (let from = 0; from < batch.messages.length; from += STEP) {
        if (!isRunning() || isStale()) return
        const messages = batch.messages.slice(from, from + STEP)
        await step(batch, messages)
        const offset = String(Number(messages.at(-1)!.offset) + 1)
        await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset }])
      }
    } finally {
      clearInterval(beating)
    }
  },
})

process.once('SIGTERM', () => {
  void consumer
    .disconnect()
    .then(() => Promise.all([producer.disconnect(), pool.end()]))
    .finally(() => process.exit(0))
})
