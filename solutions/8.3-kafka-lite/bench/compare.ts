import { parseArgs } from 'node:util'
import { CompressionTypes, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs'
import { startApacheKafka, whyNoApacheKafka } from '../tests/support/apache-kafka.ts'
import { spawnKafkaLite, temporaryDirectory } from '../tests/support/kafka-lite.ts'

// Compares Kafka-lite with Apache Kafka: one node, replication factor 1, the same fsync behaviour (--fsync: every acknowledgement waits for the device, on both), the same kafkajs client, the
// two taking turns in one run. Ratios are what counts: absolute figures are this machine's. Above 1.0 Kafka-lite is the faster.
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '50000' },
    bytes: { type: 'string', default: '200' },
    fsync: { type: 'boolean', default: false },
  },
})
const ROUNDS = Number(values.rounds)
const MESSAGES = Number(values.messages)
const BATCH = 500

interface Figures {
  produce: number
  consume: number
  ackP50: number
  ackP99: number
}

async function round(port: number, name: string, batches: { value: Buffer }[][]): Promise<Figures> {
  const kafka = new Kafka({
    clientId: 'bench',
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20 },
  })
  const topic = `bench-${name}`
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: true })
  await admin.disconnect()
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({ topic, messages: [{ value: 'warm' }] })
  const produced = await timed(() => pump(producer, topic, batches))
  const [ackP50, ackP99] = await acks(producer, topic)
  await producer.disconnect()
  const consumed = await consumeAll(kafka, topic, MESSAGES)
  return { produce: MESSAGES / produced, consume: MESSAGES / consumed, ackP50: 1 / ackP50!, ackP99: 1 / ackP99! }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

/** Four senders at once, each waiting for its acknowledgement (acks=all). */
async function pump(producer: Producer, topic: string, batches: { value: Buffer }[][]): Promise<void> {
  const left = batches.slice()
  const sender = async () => {
    for (let messages = left.pop(); messages; messages = left.pop())
      await producer.send({ topic, messages, acks: -1, compression: CompressionTypes.None })
  }
  await Promise.all([sender(), sender(), sender(), sender()])
}

/** One small message at a time: median and 99th percentile of the time to its acknowledgement (s). */
async function acks(producer: Producer, topic: string): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < 500; i++) times.push(await timed(() => producer.send({ topic, acks: -1, messages: [{ value: 'ack' }] })))
  times.sort((a, b) => a - b)
  return [times[250]!, times[494]!]
}

async function consumeAll(kafka: Kafka, topic: string, count: number): Promise<number> {
  const consumer = kafka.consumer({ groupId: `g-${topic}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let seen = 0
  let first = 0
  const last = new Promise<number>(resolve => {
    void consumer.run({
      eachBatchAutoResolve: true,
      eachBatch: async ({ batch }) => {
        first ||= performance.now()
        seen += batch.messages.length
        if (seen >= count) resolve(performance.now())
      },
    })
  })
  const seconds = ((await last) - first) / 1000
  await consumer.disconnect()
  return seconds
}

const median = (list: number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!

process.env['MILLRACE_REAL_KAFKA'] = '1'
const missing = whyNoApacheKafka()
if (missing) throw new Error(missing)
const value = Buffer.alloc(Number(values.bytes), 'x')
const batches = Array.from({ length: MESSAGES / BATCH }, () => Array.from({ length: BATCH }, () => ({ value })))
const { directory, remove } = temporaryDirectory('kafka-lite-bench')
const apache = await startApacheKafka(values.fsync ? { 'log.flush.interval.messages': '1' } : {})
const lite = await spawnKafkaLite({ DATA_DIR: directory, FSYNC: values.fsync ? 'always' : 'never' })
const results: Record<'lite' | 'apache', Figures[]> = { lite: [], apache: [] }
try {
  await round(apache.port, 'warm', batches)
  await round(lite.port, 'warm', batches)
  for (let i = 0; i < ROUNDS; i++) {
    // Taking turns at being first: neither profits from the other's leftovers.
    const order = i % 2 ? (['lite', 'apache'] as const) : (['apache', 'lite'] as const)
    for (const who of order) results[who].push(await round(who === 'lite' ? lite.port : apache.port, `${i}`, batches))
  }
} finally {
  await lite.kill('SIGTERM')
  await apache.stop()
  remove()
}
const show: [keyof Figures, string, (v: number) => string][] = [
  ['produce', 'produce, messages/s', v => v.toFixed(0)],
  ['consume', 'consume, messages/s', v => v.toFixed(0)],
  ['ackP50', 'acknowledgement p50, ms', v => (1000 / v).toFixed(2)],
  ['ackP99', 'acknowledgement p99, ms', v => (1000 / v).toFixed(2)],
]
console.log(`${ROUNDS} rounds of ${MESSAGES} messages of ${values.bytes} bytes, fsync ${values.fsync ? 'always' : 'never'}; medians\n`)
console.log(`${'figure'.padEnd(28)}${'Kafka-lite'.padStart(12)}${'Apache'.padStart(12)}${'ratio'.padStart(8)}   per round`)
for (const [key, label, format] of show) {
  const ratios = results.lite.map((figures, i) => figures[key] / results.apache[i]![key])
  const [a, b] = [median(results.lite.map(f => f[key])), median(results.apache.map(f => f[key]))]
  console.log(
    `${label.padEnd(28)}${format(a).padStart(12)}${format(b).padStart(12)}${median(ratios).toFixed(2).padStart(8)}   ${ratios.map(r => r.toFixed(2)).join(' ')}`,
  )
}
