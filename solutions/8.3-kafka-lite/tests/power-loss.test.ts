import { expect, test } from 'vitest'
import { type Broker, startBroker } from '../src/broker.ts'
import { batchSizeAt } from '../src/storage/batch.ts'
import { buildBatch, readRecords } from '../src/storage/records.ts'
import { Random } from './support/random.ts'
import { errorName, RawClient } from './support/raw-client.ts'
import { VolatileDisk } from './support/volatile-disk.ts'

// FSYNC=always promises: what was acknowledged survives power loss. Each run writes with several producers, cuts the power at a random
// moment, several times, and compares the log with the ledger of acknowledgements. MILLRACE_SOAK_RUNS makes it longer.
const RUNS = Number(process.env['MILLRACE_SOAK_RUNS'] ?? 25)
const DATA = '/data'

interface Ledger {
  records: Map<string, string>
  offsets: Map<string, number>
  transactions: Map<string, 'committed' | 'aborted' | 'unknown'>
  deletedBefore: number
}

const start = (disk: VolatileDisk) =>
  startBroker({
    dataDir: DATA,
    disk: disk.mount(),
    topicDefaults: { 'flush.messages': '1', 'segment.bytes': '4000' },
    checkpointBytes: 6000,
    housekeepingMs: 5,
    group: { offsetsPartitions: 2, offsetsSegmentBytes: 3000 },
    txn: { statePartitions: 2, stateSegmentBytes: 3000 },
  })

const record = (value: string) => ({ offset: 0, timestamp: Date.now(), key: Buffer.from(value.slice(0, 3)), value: Buffer.from(value) })

/** Writes until the power goes; every acknowledgement goes into the ledger. */
async function work(broker: Broker, name: string, ledger: Ledger): Promise<void> {
  let client: RawClient | undefined
  try {
    client = await RawClient.connect(broker.port)
    const { producerId } = await client.send('InitProducerId', 3, {
      transactionalId: null,
      transactionTimeoutMs: 1000,
      producerId: -1,
      producerEpoch: -1,
    })
    for (let i = 0; ; i++) {
      const value = `${name}-${i}-${'x'.repeat(150)}`
      const batch = buildBatch([record(value)], { producerId, producerEpoch: 0, baseSequence: i })
      const answer = await client.send('Produce', 7, {
        transactionalId: null,
        acks: -1,
        timeoutMs: 10_000,
        topicData: [{ name: 'plain', partitionData: [{ index: 0, records: batch }] }],
      })
      const { errorCode, baseOffset } = answer.responses[0].partitionResponses[0]
      if (errorCode === 0) ledger.records.set(`plain:${baseOffset}`, value)
      const commit = await client.send('OffsetCommit', 7, {
        groupId: name,
        generationIdOrMemberEpoch: -1,
        topics: [{ name: 'plain', partitions: [{ partitionIndex: 0, committedOffset: i, committedMetadata: '' }] }],
      })
      if (commit.topics[0].partitions[0].errorCode === 0) ledger.offsets.set(name, i)
    }
  } catch {
    client?.close() // The power went; or had gone before it was connected.
  }
}

/** Transactions over two partitions: committed ones must be there in both, aborted ones in neither. */
async function transact(broker: Broker, life: number, random: Random, ledger: Ledger): Promise<void> {
  let client: RawClient | undefined
  try {
    client = await RawClient.connect(broker.port)
    await client.send('FindCoordinator', 2, { key: 'txn', keyType: 1 })
    const id = await client.send('InitProducerId', 4, {
      transactionalId: 'txn',
      transactionTimeoutMs: 60_000,
      producerId: -1,
      producerEpoch: -1,
    })
    const me = { transactionalId: 'txn', producerId: id.producerId, producerEpoch: id.producerEpoch }
    for (let i = 0; ; i++) {
      const value = `txn-${life}-${i}`
      ledger.transactions.set(value, 'unknown')
      await client.send('AddPartitionsToTxn', 1, { ...me, topics: [{ name: 'pair', partitions: [0, 1] }] })
      const batch = () => buildBatch([record(value)], { ...me, baseSequence: i, transactional: true })
      const partitionData = [0, 1].map(index => ({ index, records: batch() }))
      const sent = await client.send('Produce', 7, {
        transactionalId: 'txn',
        acks: -1,
        timeoutMs: 10_000,
        topicData: [{ name: 'pair', partitionData }],
      })
      for (const p of sent.responses[0].partitionResponses) if (p.errorCode !== 0) throw new Error(errorName(p.errorCode))
      const committed = random.chance(0.7)
      const { errorCode } = await client.send('EndTxn', 1, { ...me, committed })
      if (errorCode === 0) ledger.transactions.set(value, committed ? 'committed' : 'aborted')
    }
  } catch {
    client?.close() // The power went; or had gone before it was connected.
  }
}

/** Everything a read_committed reader sees, with offsets. */
async function readCommitted(client: RawClient, topic: string, partition: number): Promise<Map<number, string>> {
  const seen = new Map<number, string>()
  for (let fetchOffset = -1; ; ) {
    if (fetchOffset < 0) {
      const list = await client.send('ListOffsets', 4, {
        replicaId: -1,
        isolationLevel: 1,
        topics: [{ name: topic, partitions: [{ partitionIndex: partition, currentLeaderEpoch: -1, timestamp: -2 }] }],
      })
      fetchOffset = list.topics[0].partitions[0].offset
    }
    const answer = await client.send('Fetch', 11, {
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 1e6,
      isolationLevel: 1,
      topics: [{ topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: 1e6 }] }],
      forgottenTopicsData: [],
    })
    const [p] = answer.responses[0].partitions
    expect(errorName(p.errorCode)).toBe('NONE')
    if (p.records.length === 0) {
      expect(p.lastStableOffset, 'a transaction hangs: readers would wait for ever').toBe(p.highWatermark)
      return seen
    }
    const aborted = new Map<number, number[]>()
    for (const a of p.abortedTransactions)
      aborted.set(
        a.producerId,
        [...(aborted.get(a.producerId) ?? []), a.firstOffset].sort((x, y) => x - y),
      )
    const skipping = new Set<number>()
    for (let at = 0; at < p.records.length; at += batchSizeAt(p.records, at)) {
      const batch: Buffer = p.records.subarray(at, at + batchSizeAt(p.records, at))
      const producerId = Number(batch.readBigInt64BE(43))
      const attributes = batch.readInt16BE(21)
      const baseOffset = Number(batch.readBigInt64BE(0))
      const lastOffset = baseOffset + batch.readInt32BE(23)
      if ((aborted.get(producerId)?.[0] ?? Infinity) <= lastOffset) {
        aborted.get(producerId)!.shift()
        skipping.add(producerId)
      }
      if (attributes & 0x20) skipping.delete(producerId)
      else if (!(attributes & 0x10 && skipping.has(producerId))) {
        for (const r of readRecords(batch)!) seen.set(r.offset, String(r.value))
      }
      fetchOffset = lastOffset + 1
    }
  }
}

async function verify(broker: Broker, ledger: Ledger): Promise<void> {
  const client = await RawClient.connect(broker.port)
  // Ends the transaction that was open when the power went.
  await client.send('FindCoordinator', 2, { key: 'txn', keyType: 1 })
  await client.send('InitProducerId', 4, { transactionalId: 'txn', transactionTimeoutMs: 60_000, producerId: -1, producerEpoch: -1 })
  const plain = await readCommitted(client, 'plain', 0)
  for (const [where, value] of ledger.records) {
    const offset = Number(where.slice(6))
    if (offset >= ledger.deletedBefore) expect(plain.get(offset), `the acknowledged record at ${where}`).toBe(value)
  }
  for (const offset of plain.keys()) expect(offset, 'deleted records are back').toBeGreaterThanOrEqual(ledger.deletedBefore)
  const [a, b] = [await readCommitted(client, 'pair', 0), await readCommitted(client, 'pair', 1)].map(m => [...m.values()].sort())
  expect(a, 'both partitions of a transaction').toEqual(b)
  expect(new Set(a).size, 'a transaction is there twice').toBe(a!.length)
  for (const [value, outcome] of ledger.transactions) {
    if (outcome === 'committed') expect(a, `the committed transaction ${value}`).toContain(value)
    if (outcome === 'aborted') expect(a, `the aborted transaction ${value}`).not.toContain(value)
  }
  for (const [group, offset] of ledger.offsets) {
    const fetched = await client.send('OffsetFetch', 5, { groupId: group, topics: [{ name: 'plain', partitionIndexes: [0] }] })
    expect(fetched.topics[0].partitions[0].committedOffset, `the offset of ${group}`).toBeGreaterThanOrEqual(offset)
  }
  client.close()
}

async function run(seed: number): Promise<number> {
  const random = new Random(seed)
  const disk = new VolatileDisk(DATA)
  const ledger: Ledger = { records: new Map(), offsets: new Map(), transactions: new Map(), deletedBefore: 0 }
  let broker = await start(disk)
  const admin = await RawClient.connect(broker.port)
  const topics = [
    ['plain', 1],
    ['pair', 2],
  ].map(([name, numPartitions]) => ({ name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }))
  await admin.send('CreateTopics', 4, { topics, timeoutMs: 1000, validateOnly: false })
  admin.close()
  for (let life = 0; life < 3; life++) {
    const workers = [0, 1, 2].map(i => work(broker, `w${life}${i}`, ledger))
    workers.push(transact(broker, life, random, ledger))
    await new Promise(resolve => setTimeout(resolve, random.int(5, 60)))
    if (random.chance(0.3)) {
      const client = await RawClient.connect(broker.port)
      const answer = await client.send('DeleteRecords', 1, {
        topics: [{ name: 'plain', partitions: [{ partitionIndex: 0, offset: -1 }] }],
        timeoutMs: 1000,
      })
      const [p] = answer.topics[0].partitions
      if (p.errorCode === 0) ledger.deletedBefore = p.lowWatermark
      client.close()
    }
    disk.losePower(random)
    await broker.kill()
    await Promise.all(workers)
    broker = await start(disk)
    await verify(broker, ledger)
  }
  await broker.stop()
  broker = await start(disk)
  expect(broker.context.topics.recovery, 'what is read again after a clean stop').toMatchObject({ scannedBytes: 0, truncatedBytes: 0 })
  await verify(broker, ledger)
  await broker.stop()
  return ledger.records.size + ledger.transactions.size
}

test(`power loss at random moments: nothing acknowledged is lost (${RUNS} seeds)`, { timeout: 600_000 }, async () => {
  const first = Number(process.env['MILLRACE_SEED'] ?? 1)
  let acknowledged = 0
  for (let seed = first; seed < first + RUNS; seed++) {
    try {
      acknowledged += await run(seed)
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
    }
  }
  expect(acknowledged, 'acknowledgements in all runs').toBeGreaterThan(RUNS * 10)
})
