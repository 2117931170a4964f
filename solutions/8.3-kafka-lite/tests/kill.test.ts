import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { expect, test } from 'vitest'
import { batchSizeAt } from '../src/storage/batch.ts'
import { buildBatch, readRecords } from '../src/storage/records.ts'
import { eventually } from './support/eventually.ts'
import { type KafkaLiteProcess, spawnKafkaLite, temporaryDirectory } from './support/kafka-lite.ts'
import { Random } from './support/random.ts'
import { RawClient } from './support/raw-client.ts'

// kill -9 of the process at random moments. The page cache survives that, so nothing acknowledged may be lost under any fsync policy.
// MILLRACE_SOAK_KILLS makes it longer, MILLRACE_SEED replays.
const KILLS = Number(process.env['MILLRACE_SOAK_KILLS'] ?? 5)
/** A loaded machine needs some seconds for a kill and what is read after it. */
const TIMEOUT = 60_000 + KILLS * 10_000
const random = new Random(Number(process.env['MILLRACE_SEED'] ?? 1))
const SMALL = { LOG_SEGMENT_BYTES: '200000', CHECKPOINT_BYTES: '300000', HOUSEKEEPING_MS: '20' }
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Produces idempotently, several batches in flight, until the connection breaks; notes every acknowledged batch. */
async function produceUntilKilled(port: number, name: string, ledger: Map<number, string>): Promise<void> {
  const client = await RawClient.connect(port)
  const { producerId } = await client
    .send('InitProducerId', 3, {
      transactionalId: null,
      transactionTimeoutMs: 1000,
      producerId: -1,
      producerEpoch: -1,
    })
    .catch(() => ({ producerId: -1 }))
  // Killed before it began.
  if (producerId < 0) return
  const sender = async (first: number) => {
    for (let i = first; ; i += 4) {
      const value = `${name}-${i}-${'x'.repeat(300)}`
      const batch = buildBatch([{ offset: 0, timestamp: Date.now(), key: null, value: Buffer.from(value) }], {
        producerId,
        producerEpoch: 0,
        baseSequence: i,
      })
      const topicData = [{ name: 'ledger', partitionData: [{ index: 0, records: batch }] }]
      const answer = await client.send('Produce', 7, { transactionalId: null, acks: -1, timeoutMs: 5000, topicData })
      const { errorCode, baseOffset } = answer.responses[0].partitionResponses[0]
      if (errorCode !== 0) throw new Error(`produce: ${errorCode}`)
      ledger.set(baseOffset, value)
    }
  }
  await Promise.allSettled([0, 1, 2, 3].map(sender))
  client.close()
}

async function readEverything(port: number): Promise<Map<number, string>> {
  const client = await RawClient.connect(port)
  const seen = new Map<number, string>()
  for (let fetchOffset = 0; ; ) {
    const topics = [{ topic: 'ledger', partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1e6 }] }]
    const answer = await client.send('Fetch', 11, {
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 1e6,
      isolationLevel: 0,
      topics,
      forgottenTopicsData: [],
    })
    const { records } = answer.responses[0].partitions[0]
    if (records.length === 0) break
    for (let at = 0; at < records.length; at += batchSizeAt(records, at)) {
      for (const r of readRecords(records.subarray(at, at + batchSizeAt(records, at)))!) {
        seen.set(r.offset, String(r.value))
        fetchOffset = r.offset + 1
      }
    }
  }
  client.close()
  return seen
}

test(`${KILLS} × kill -9 while producing: every acknowledged record is where its acknowledgement said, none twice`, {
  timeout: TIMEOUT,
}, async () => {
  const { directory, remove } = temporaryDirectory('kill')
  const ledger = new Map<number, string>()
  let node = await spawnKafkaLite({ DATA_DIR: directory, ...SMALL })
  try {
    const admin = await RawClient.connect(node.port)
    await admin.send('CreateTopics', 4, {
      topics: [{ name: 'ledger', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 1000,
      validateOnly: false,
    })
    admin.close()
    for (let life = 0; life < KILLS; life++) {
      const working = produceUntilKilled(node.port, `life${life}`, ledger)
      await sleep(random.int(20, 250))
      await node.kill('SIGKILL')
      await working
      node = await spawnKafkaLite({ DATA_DIR: directory, ...SMALL })
      const seen = await readEverything(node.port)
      const lost = [...ledger].filter(([offset, value]) => seen.get(offset) !== value)
      expect(lost, `acknowledged records that are not there, life ${life}`).toEqual([])
      expect(new Set(seen.values()).size, `records that are there twice, life ${life}`).toBe(seen.size)
      expect(
        [...seen.keys()].findIndex((offset, i) => offset !== i),
        `offsets without a gap, life ${life}`,
      ).toBe(-1)
    }
    expect(ledger.size).toBeGreaterThan(KILLS * 5)
  } finally {
    await node.kill('SIGKILL')
    remove()
  }
})

/** One life of a consume-transform-produce worker: ends with an error when the broker is killed under it. */
async function transformUntilError(kafka: Kafka, stopped: Promise<void>): Promise<void> {
  const producer = kafka.producer({
    transactionalId: 'eos',
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
    transactionTimeout: 5000,
  })
  const consumer = kafka.consumer({
    groupId: 'eos',
    maxWaitTimeInMs: 50,
    maxBytes: 2000,
    sessionTimeout: 1000,
    heartbeatInterval: 100,
    rebalanceTimeout: 1000,
    retry: { retries: 0, restartOnFailure: async () => false },
  })
  try {
    await producer.connect()
    await consumer.connect()
    await consumer.subscribe({ topic: 'in', fromBeginning: true })
    const failed = new Promise<never>((_, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      void consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async ({ batch, resolveOffset }) => {
          try {
            const txn = await producer.transaction()
            await txn.send({ topic: 'out', messages: batch.messages.map(m => ({ value: `<${m.value}>` })) })
            const offset = String(Number(batch.lastOffset()) + 1)
            await txn.sendOffsets({
              consumerGroupId: 'eos',
              topics: [{ topic: 'in', partitions: [{ partition: batch.partition, offset }] }],
            })
            await txn.commit()
            resolveOffset(batch.lastOffset())
          } catch (error) {
            // The outcome is unknown: only a fresh start from the committed offsets is safe.
            reject(error)
            throw error
          }
        },
      })
    })
    await Promise.race([failed, stopped])
  } finally {
    await Promise.allSettled([consumer.disconnect(), producer.disconnect()])
  }
}

test('consume-transform-produce in transactions stays exactly-once while the broker is killed', { timeout: TIMEOUT }, async () => {
  const MESSAGES = 60 * KILLS
  const { directory, remove } = temporaryDirectory('eos')
  let node: KafkaLiteProcess = await spawnKafkaLite({ DATA_DIR: directory, ...SMALL })
  const env = { DATA_DIR: directory, PORT: String(node.port), ...SMALL }
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${node.port}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 500,
    retry: { initialRetryTime: 10, maxRetryTime: 50, retries: 2 },
  })
  let stop: () => void = () => {}
  const stopped = new Promise<void>(resolve => {
    stop = resolve
  })
  let running = true
  try {
    const admin = kafka.admin()
    await admin.connect()
    await admin.createTopics({
      topics: [
        { topic: 'in', numPartitions: 2 },
        { topic: 'out', numPartitions: 1 },
      ],
    })
    await admin.disconnect()
    const feeder = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
    await feeder.connect()
    for (let i = 0; i < MESSAGES; i += 10) {
      await feeder.send({ topic: 'in', messages: Array.from({ length: 10 }, (_, k) => ({ partition: (i / 10) % 2, value: `m${i + k}` })) })
    }
    await feeder.disconnect()
    const worker = (async () => {
      while (running) await transformUntilError(kafka, stopped).catch(() => {})
    })()
    for (let i = 0; i < KILLS; i++) {
      await sleep(random.int(50, 500))
      await node.kill('SIGKILL')
      node = await spawnKafkaLite(env)
    }
    const outputs = () => readOut(node.port)
    await eventually(async () => new Set(await outputs()).size >= MESSAGES, 'every input in the output', 60_000)
    running = false
    stop()
    await worker
    const all = await outputs()
    expect(all.length, 'outputs, each input once').toBe(MESSAGES)
    expect(new Set(all)).toEqual(new Set(Array.from({ length: MESSAGES }, (_, i) => `<m${i}>`)))
  } finally {
    running = false
    stop()
    await node.kill('SIGKILL')
    remove()
  }
})

/** The committed values of the output topic, read with a client of its own up to the last stable offset. */
async function readOut(port: number): Promise<string[]> {
  const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING })
  const raw = await RawClient.connect(port)
  const list = await raw.send('ListOffsets', 4, {
    replicaId: -1,
    isolationLevel: 1,
    topics: [{ name: 'out', partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1 }] }],
  })
  raw.close()
  const end = list.topics[0].partitions[0].offset
  if (end === 0) return []
  const consumer = kafka.consumer({ groupId: `check-${Date.now()}`, maxWaitTimeInMs: 20 })
  await consumer.connect()
  await consumer.subscribe({ topic: 'out', fromBeginning: true })
  const values: string[] = []
  await new Promise<void>(resolve => {
    void consumer.run({
      eachBatch: async ({ batch }) => {
        for (const m of batch.messages) values.push(String(m.value))
        if (Number(batch.lastOffset()) >= end - 1) resolve()
      },
    })
  })
  await consumer.disconnect()
  return values
}
