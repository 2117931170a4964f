/** Reads a topic and says of each message what it is: one line of JSON each. */
import { Kafka, logLevel } from 'kafkajs'
import { readConfig, readingSchema } from './config.ts'
import { judgeOf } from './judge.ts'

const config = readConfig(process.env)
const judge = judgeOf({ ...config, schema: readingSchema() })

/** Resolves when the line is out of this process: only then may its offset be committed. */
const print = (line: unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(`${JSON.stringify(line)}\n`, error => (error ? reject(error) : resolve()))
  })

const withoutNulls = (value: unknown) => Object.fromEntries(Object.entries(value as object).filter(([, field]) => field !== null))

const kafka = new Kafka({
  brokers: config.brokers,
  logLevel: logLevel.ERROR,
  retry: { retries: Number.MAX_SAFE_INTEGER, maxRetryTime: 1_000 },
})
const consumer = kafka.consumer({ groupId: config.group, maxWaitTimeInMs: 100, sessionTimeout: 10_000 })
await consumer.connect()
await consumer.subscribe({ topic: config.topic, fromBeginning: true })
await consumer.run({
  autoCommitThreshold: 100,
  eachBatchAutoResolve: false,
  eachBatch: async ({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale }) => {
    for (const { offset, value } of batch.messages) {
      if (!isRunning() || isStale()) return
      const verdict = await judge(value, heartbeat)
      await print({
        partition: batch.partition,
        offset: Number(offset),
        ...verdict,
        ...('accepted' in verdict && { accepted: withoutNulls(verdict.accepted) }),
      })
      resolveOffset(offset)
      await heartbeat()
      await commitOffsetsIfNecessary()
    }
  },
})

process.on('SIGTERM', () => void consumer.disconnect().then(() => process.exit(0)))
