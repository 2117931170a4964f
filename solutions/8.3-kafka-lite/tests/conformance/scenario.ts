import { randomBytes } from 'node:crypto'
import { Kafka, logLevel, Partitioners } from 'kafkajs'

/** The node under test, and names that nobody else uses. */
export interface Target {
  port: number
  brokers: string[]
  unique(name: string): string
}

/**
 * What a client does and what it must see - on Kafka-lite and on Apache Kafka alike. `expected` is the outcome of both: it is held
 * against Kafka-lite in every test run and against Apache Kafka where that is there.
 */
export interface Scenario {
  name: string
  run(target: Target): Promise<unknown>
  expected: unknown
}

/** The target behind a port. */
export function targetAt(port: number): Target {
  const run = randomBytes(3).toString('hex')
  return { port, brokers: [`127.0.0.1:${port}`], unique: name => `${name}-${run}-${randomBytes(3).toString('hex')}` }
}

/** A kafkajs client with short waits. */
export function kafkajs(target: Target): Kafka {
  return new Kafka({
    clientId: 'conformance',
    brokers: target.brokers,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, retries: 8 },
  })
}

export const partitioner = { createPartitioner: Partitioners.DefaultPartitioner }

/** Creates a topic and waits until it has leaders. */
export async function createTopic(target: Target, numPartitions = 1, configs: Record<string, string> = {}): Promise<string> {
  const topic = target.unique('topic')
  const admin = kafkajs(target).admin()
  await admin.connect()
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }))
  await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }], waitForLeaders: true })
  await admin.disconnect()
  return topic
}

/** Reads `count` messages from the beginning with a group of its own. */
export async function readAll(target: Target, topic: string, count: number, options: { committed?: boolean } = {}) {
  const consumer = kafkajs(target).consumer({
    groupId: target.unique('reader'),
    maxWaitTimeInMs: 100,
    readUncommitted: options.committed === false,
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const seen: { partition: number; offset: string; key: string | null; value: string | null; headers: Record<string, string> }[] = []
  await new Promise<void>(resolve => {
    void consumer.run({
      eachMessage: async ({ partition, message }) => {
        const headers = Object.fromEntries(Object.entries(message.headers ?? {}).map(([k, v]) => [k, String(v)]))
        seen.push({
          partition,
          offset: message.offset,
          key: message.key && String(message.key),
          value: message.value && String(message.value),
          headers,
        })
        if (seen.length === count) resolve()
      },
    })
  })
  await consumer.disconnect()
  return seen
}

/** The type of the error that a call ends with, or 'none'. */
export async function errorOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
    return 'none'
  } catch (error) {
    type Typed = { type?: string }
    const e = error as Typed & {
      name: string
      errors?: Typed[]
      groups?: { error?: Typed }[]
      partitions?: { error?: Typed }[]
      cause?: Typed
    }
    return e.type ?? e.errors?.[0]?.type ?? e.groups?.[0]?.error?.type ?? e.partitions?.[0]?.error?.type ?? e.cause?.type ?? e.name
  }
}
