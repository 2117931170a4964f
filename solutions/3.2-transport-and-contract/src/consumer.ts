/** Reads a topic by a schema of its own; what it cannot read is set aside with its reason. */
import { readFile } from 'node:fs/promises'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { readConfig } from './config.ts'
import { Schemas } from './schemas.ts'
import type { Read, Reject } from './types.ts'

const { brokers, registryUrl, topic, subject, schemaFile, group, rejectTopic } = readConfig(process.env)
const schemas = new Schemas(registryUrl, subject, await readFile(schemaFile, 'utf8'))
const kafka = new Kafka({ clientId: group, brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, retries: 100 } })
const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner })
const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 100, sessionTimeout: 6000, heartbeatInterval: 500 })

/** The next offset of each partition. */
const done = new Map<number, number>()

/** Standard output is a pipe: it is taken when the callback says so. */
const print = (line: string): Promise<void> => new Promise(done => process.stdout.write(`${line}\n`, () => done()))

async function setAside(reject: Reject): Promise<void> {
  const key = `${reject.topic}-${reject.partition}-${reject.offset}`
  await producer.send({ topic: rejectTopic, acks: -1, messages: [{ key, value: JSON.stringify(reject) }] })
}

await producer.connect()
await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  eachBatch: async ({ batch: { partition, messages }, heartbeat, resolveOffset, isRunning }) => {
    for (const { offset, value } of messages) {
      if (!isRunning()) break
      const place = { partition, offset: Number(offset) }
      const found = await schemas.read(value, heartbeat)
      if ('reading' in found) await print(JSON.stringify({ ...place, reading: found.reading } satisfies Read))
      else await setAside({ ...found, topic, ...place, value: value?.toString('base64') ?? null })
      resolveOffset(offset)
      await heartbeat()
      done.set(partition, Number(offset) + 1)
    }
    // Only now: what was neither printed nor set aside is read again after a crash.
    const next = done.get(partition)
    if (next !== undefined) await consumer.commitOffsets([{ topic, partition, offset: String(next) }])
  },
})

process.on('SIGTERM', async () => {
  await consumer.disconnect()
  await producer.disconnect()
  process.exit(0)
})
