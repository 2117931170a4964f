import net from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../src/broker.ts'
import { optionsFromEnv } from '../src/options.ts'
import { buildBatch } from '../src/storage/records.ts'
import { spawnKafkaLite, temporaryDirectory } from './support/kafka-lite.ts'
import { errorName, RawClient } from './support/raw-client.ts'

const { directory, remove } = temporaryDirectory('server')
afterAll(remove)

async function createAndFill(port: number, name: string, numPartitions: number, configs: Record<string, string> = {}): Promise<RawClient> {
  const client = await RawClient.connect(port)
  const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
  const topics = [{ name, numPartitions, replicationFactor: 1, assignments: [], configs: entries }]
  const created = await client.send('CreateTopics', 4, { topics, timeoutMs: 1000, validateOnly: false })
  expect(errorName(created.topics[0].errorCode)).toBe('NONE')
  return client
}

async function produce(client: RawClient, name: string, indexes: number[], timestamp = Date.now(), identity: object = {}): Promise<string> {
  const records = () => buildBatch([{ offset: 0, timestamp, key: null, value: Buffer.alloc(100) }], identity)
  const partitionData = indexes.map(index => ({ index, records: records() }))
  const answer = await client.send('Produce', 7, { transactionalId: null, acks: -1, timeoutMs: 1000, topicData: [{ name, partitionData }] })
  return errorName(answer.responses[0].partitionResponses.find((p: { errorCode: number }) => p.errorCode !== 0)?.errorCode ?? 0)
}

test('the process says READY, serves metrics and a page, and SIGTERM leaves a log that needs no recovery', async () => {
  const env = { DATA_DIR: `${directory}/process` }
  let node = await spawnKafkaLite(env)
  const client = await createAndFill(node.port, 'orders', 3)
  expect(await produce(client, 'orders', [0, 1, 2])).toBe('NONE')
  client.close()
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${node.statusPort}${path}`)).text()
  expect(await get('/metrics')).toMatch(/^kafkalite_log_end_offset\{topic="orders",partition="2"\} 1$/m)
  expect(await get('/')).toContain('<td>orders</td>')
  await node.kill('SIGTERM')
  expect(await node.exited).toBe(0)
  node = await spawnKafkaLite(env)
  expect(await get('/metrics')).toMatch(/^kafkalite_recovery_scanned_bytes 0$/m)
  await node.kill('SIGTERM')
})

test('two nodes on one data directory: the second is refused and the first goes on', async () => {
  const dataDir = `${directory}/shared`
  const first = await startBroker({ dataDir })
  await expect(startBroker({ dataDir })).rejects.toThrow(process.platform === 'linux' ? 'another node uses the data directory' : '')
  await first.stop()
  await (await startBroker({ dataDir })).stop()
})

test('a taken port is an error that leaves nothing behind', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => taken.once('listening', resolve))
  const { port } = taken.address() as net.AddressInfo
  const dataDir = `${directory}/port`
  await expect(startBroker({ dataDir, port })).rejects.toThrow('EADDRINUSE')
  taken.close()
  await (await startBroker({ dataDir })).stop()
})

test('the environment is checked: the message names the variable', () => {
  expect(() => optionsFromEnv({})).toThrow('DATA_DIR is missing')
  expect(() => optionsFromEnv({ DATA_DIR: 'x', PORT: 'high' })).toThrow("PORT is 'high'; it must be a whole number")
  expect(() => optionsFromEnv({ DATA_DIR: 'x', FSYNC: 'sometimes' })).toThrow("FSYNC is 'sometimes'")
  expect(optionsFromEnv({ DATA_DIR: 'x', FSYNC: 'always', NUM_PARTITIONS: '3' })).toMatchObject({
    numPartitions: 3,
    topicDefaults: { 'flush.messages': '1' },
  })
})

test('1,000 partitions: created, written to, found again', async () => {
  const dataDir = `${directory}/many`
  let broker = await startBroker({ dataDir, maxOpenFiles: 200 })
  const client = await createAndFill(broker.port, 'many', 1000)
  const all = Array.from({ length: 1000 }, (_, i) => i)
  for (let round = 0; round < 3; round++) expect(await produce(client, 'many', all)).toBe('NONE')
  client.close()
  await broker.stop()
  broker = await startBroker({ dataDir, maxOpenFiles: 200 })
  expect(broker.context.topics.get('many')!.partitions.every(p => p.log.nextOffset === 3)).toBe(true)
  expect(broker.context.topics.recovery.scannedBytes).toBe(0)
  await broker.stop()
})

test('retention by time and by size; producers with old record times stay known', async () => {
  const broker = await startBroker({ dataDir: `${directory}/retention` })
  const old = Date.now() - 3_600_000
  const client = await createAndFill(broker.port, 'by-time', 1, { 'retention.ms': '60000', 'segment.bytes': '1000' })
  const { producerId } = await client.send('InitProducerId', 3, {
    transactionalId: null,
    transactionTimeoutMs: 1000,
    producerId: -1,
    producerEpoch: -1,
  })
  for (let i = 0; i < 20; i++)
    expect(await produce(client, 'by-time', [0], old, { producerId, producerEpoch: 0, baseSequence: i })).toBe('NONE')
  await createAndFill(broker.port, 'by-size', 1, { 'retention.bytes': '3000', 'segment.bytes': '1000' }).then(c => c.close())
  for (let i = 0; i < 40; i++) await produce(client, 'by-size', [0])
  await broker.tend()
  const [byTime, bySize] = ['by-time', 'by-size'].map(name => broker.context.topics.partition(name, 0)!.log)
  expect(byTime!.logStartOffset).toBe(20)
  expect(bySize!.size).toBeGreaterThanOrEqual(3000)
  expect(bySize!.size).toBeLessThan(4200)
  expect(bySize!.logStartOffset).toBeGreaterThan(0)
  const repeated = await produce(client, 'by-time', [0], old, { producerId, producerEpoch: 0, baseSequence: 25 })
  expect(repeated, 'a gap in the sequence after retention').toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
  client.close()
  await broker.stop()
})
