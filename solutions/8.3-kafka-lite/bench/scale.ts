import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { buildBatch } from '../src/storage/records.ts'
import { spawnKafkaLite, temporaryDirectory } from '../tests/support/kafka-lite.ts'
import { errorName, RawClient } from '../tests/support/raw-client.ts'

// What grows with size: start over a gigabyte of log, 1,000 partitions, a million messages in bounded memory.
const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '1024' }, partitions: { type: 'string', default: '1000' } },
})
const MEGABYTES = Number(values.megabytes)
const PARTITIONS = Number(values.partitions)

const { directory, remove } = temporaryDirectory('scale')
const env = { DATA_DIR: directory }
const rss = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
const metric = async (port: number, name: string) =>
  Number(new RegExp(`^${name} (.*)$`, 'm').exec(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())?.[1])

async function create(client: RawClient, name: string, numPartitions: number): Promise<void> {
  const topics = [{ name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }]
  await client.send('CreateTopics', 4, { topics, timeoutMs: 60_000, validateOnly: false })
}

async function send(client: RawClient, name: string, partitionData: { index: number; records: Buffer }[]): Promise<void> {
  const answer = await client.send('Produce', 7, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 60_000,
    topicData: [{ name, partitionData }],
  })
  for (const p of answer.responses[0].partitionResponses) if (p.errorCode !== 0) throw new Error(errorName(p.errorCode))
}

const batchOf = (count: number, bytes: number) =>
  buildBatch(Array.from({ length: count }, (_, offset) => ({ offset, timestamp: Date.now(), key: null, value: Buffer.alloc(bytes, 'x') })))

async function report(label: string, signal: NodeJS.Signals): Promise<void> {
  let node = await spawnKafkaLite(env)
  await node.kill(signal)
  node = await spawnKafkaLite(env)
  const open = (await metric(node.statusPort, 'kafkalite_start_seconds')) * 1000
  const scanned = (await metric(node.statusPort, 'kafkalite_recovery_scanned_bytes')) / 1e6
  console.log(
    `${label}: process to READY ${node.startMs.toFixed(0)} ms, of it opening the log ${open.toFixed(0)} ms; read again ${scanned.toFixed(1)} MB; RSS ${rss(node.pid).toFixed(0)} MB`,
  )
  await node.kill(signal)
}

try {
  await report('empty', 'SIGTERM')
  let node = await spawnKafkaLite(env)
  let client = await RawClient.connect(node.port)
  await create(client, 'big', 4)
  const batch = batchOf(1000, 1024)
  const rounds = Math.ceil((MEGABYTES * 1024 * 1024) / batch.length / 4)
  let peak = 0
  for (let i = 0; i < rounds; i++) {
    await send(
      client,
      'big',
      [0, 1, 2, 3].map(index => ({ index, records: batch })),
    )
    if (i % 20 === 0) peak = Math.max(peak, rss(node.pid))
  }
  console.log(`${(rounds * 4 * 1000).toLocaleString('en')} messages, ${MEGABYTES} MB: peak RSS ${peak.toFixed(0)} MB`)
  await node.kill('SIGTERM')
  await report(`${MEGABYTES} MB, clean stop`, 'SIGTERM')
  node = await spawnKafkaLite(env)
  client = await RawClient.connect(node.port)
  for (let i = 0; i < 60; i++)
    await send(
      client,
      'big',
      [0, 1, 2, 3].map(index => ({ index, records: batch })),
    )
  await node.kill('SIGKILL')
  await report(`${MEGABYTES} MB, kill -9`, 'SIGKILL')

  node = await spawnKafkaLite(env)
  client = await RawClient.connect(node.port)
  const started = performance.now()
  await create(client, 'many', PARTITIONS)
  const created = performance.now()
  const small = batchOf(10, 100)
  for (let i = 0; i < 10; i++)
    await send(
      client,
      'many',
      Array.from({ length: PARTITIONS }, (_, index) => ({ index, records: small })),
    )
  console.log(
    `${PARTITIONS} partitions: created in ${(created - started).toFixed(0)} ms, 10 batches to each in ${(performance.now() - created).toFixed(0)} ms, RSS ${rss(node.pid).toFixed(0)} MB`,
  )
  await node.kill('SIGTERM')
  await report(`${PARTITIONS} partitions with data and ${MEGABYTES} MB`, 'SIGTERM')
} finally {
  remove()
}
