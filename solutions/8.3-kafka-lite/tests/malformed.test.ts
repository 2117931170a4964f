import net from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Broker, startBroker } from '../src/broker.ts'
import { MESSAGES } from '../src/protocol/messages/index.ts'
import { eventually } from './support/eventually.ts'
import { temporaryDirectory } from './support/kafka-lite.ts'
import { Random } from './support/random.ts'
import { encodeRequest, RawClient } from './support/raw-client.ts'
import { sample } from './support/sample.ts'

// Thousands of frames that are wrong in every way we could think of. The node must answer or close, within the deadline, and go on
// serving others; its memory must not grow. MILLRACE_SOAK_FRAMES makes it longer, MILLRACE_SEED replays.
const FRAMES = Number(process.env['MILLRACE_SOAK_FRAMES'] ?? 6000)
const random = new Random(Number(process.env['MILLRACE_SEED'] ?? 7))
const { directory, remove } = temporaryDirectory('malformed')
const complaints: string[] = []
let broker: Broker

beforeAll(async () => {
  broker = await startBroker({
    dataDir: directory,
    maxRequestBytes: 1_000_000,
    maxHeldBytes: 4_000_000,
    maxConnections: 50,
    log: line => complaints.push(line),
    group: { minSessionTimeoutMs: 1 },
  })
  const client = await RawClient.connect(broker.port)
  await client.send('CreateTopics', 4, {
    topics: [{ name: 'text ü 1', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1000,
    validateOnly: false,
  })
  client.close()
})
afterAll(async () => {
  await broker.stop()
  remove()
})

const LENGTHS = [-1, -2, 0, 0x7fffffff, -0x80000000, 0x00ffffff]

/** A valid request of a random kind, then harmed in one of several ways. */
function harmed(): Buffer {
  const apis = [...MESSAGES.values()]
  const api = apis[random.int(0, apis.length - 1)]!
  const version = random.int(api.min, api.max)
  // Half of them are full of values, so that arrays, strings and tagged fields are there to be harmed.
  const body = (random.chance(0.5) ? api.request.zero : sample(api.request.shape(version, version >= api.flexibleFrom))) as object
  const frame = random.chance(0.1) ? random.bytes(random.int(12, 200)) : encodeRequest(api, version, body)
  const harm = random.int(0, 5)
  if (harm === 0) frame[random.int(4, frame.length - 1)] = random.int(0, 255)
  if (harm === 1 && frame.length > 8) frame.writeInt32BE(LENGTHS[random.int(0, 5)]!, random.int(4, frame.length - 4))
  if (harm === 2) {
    const cut = frame.subarray(0, random.int(4, frame.length))
    cut.writeInt32BE(cut.length - 4)
    return cut
  }
  if (harm === 3) {
    const longer = Buffer.concat([frame, random.bytes(random.int(1, 50))])
    longer.writeInt32BE(longer.length - 4)
    return longer
  }
  if (harm === 4) for (let i = 0; i < 5; i++) frame[random.int(4, frame.length - 1)] = random.int(0, 255)
  return frame
}

/** Sends a frame and closes our side of the connection; resolves when the node has closed it too. */
function throwAt(port: number, frame: Buffer): Promise<'closed' | 'hangs'> {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1')
    const timer = setTimeout(() => {
      socket.destroy()
      resolve('hangs')
    }, 10_000)
    socket.on('error', () => {})
    socket.on('data', () => socket.end())
    socket.on('close', () => {
      clearTimeout(timer)
      resolve('closed')
    })
    socket.write(frame)
    setTimeout(() => socket.end(), 3)
  })
}

test(`${FRAMES} malformed frames: no crash, no hang, nothing kept`, { timeout: 600_000 }, async () => {
  const before = process.memoryUsage()
  let left = FRAMES
  const thrower = async () => {
    while (left-- > 0) {
      const frame = harmed()
      if ((await throwAt(broker.port, frame)) === 'hangs') throw new Error(`the node hangs on ${frame.toString('hex').slice(0, 400)}`)
    }
  }
  await Promise.all(Array.from({ length: 40 }, thrower))
  await eventually(() => broker.context.metrics.connections === 0, 'every connection closed')
  expect(broker.context.metrics.heldBytes, 'bytes of unfinished requests').toBe(0)
  expect(broker.context.metrics.malformedFrames).toBeGreaterThan(FRAMES / 20)
  expect(complaints, 'errors that are not the protocol’s').toEqual([])
  global.gc?.()
  expect(process.memoryUsage().rss - before.rss, 'growth in bytes').toBeLessThan(300_000_000)
  const client = await RawClient.connect(broker.port)
  expect((await client.send('ApiVersions', 0, {})).errorCode).toBe(0)
  client.close()
})

test('a size beyond the limit closes the connection; many half requests together are refused', async () => {
  const big = await RawClient.connect(broker.port)
  big.write(Buffer.from([0, 0x20, 0, 0]))
  await expect(big.nextFrame()).rejects.toThrow('connection closed')
  const half = Buffer.alloc(900_000)
  half.writeInt32BE(999_999)
  const clients = await Promise.all(Array.from({ length: 10 }, () => RawClient.connect(broker.port)))
  for (const client of clients) client.write(half)
  await eventually(() => clients.some(c => c.closed), 'some connections refused')
  await eventually(() => broker.context.metrics.heldBytes <= 4_000_000, 'held bytes below the limit')
  for (const client of clients) client.close()
  await eventually(() => broker.context.metrics.heldBytes === 0, 'nothing held')
})

test('connections above the limit are closed; after others leave there is room again', async () => {
  const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(broker.port)))
  await eventually(() => broker.context.metrics.connections === 50, '50 connections')
  const one = await RawClient.connect(broker.port)
  await expect(one.send('ApiVersions', 0, {})).rejects.toThrow('connection closed')
  for (const client of clients) client.close()
  await eventually(() => broker.context.metrics.connections === 0, 'room')
  const again = await RawClient.connect(broker.port)
  expect((await again.send('ApiVersions', 0, {})).errorCode).toBe(0)
  again.close()
})

test('a fetch that waits costs no turns of the processor, and ends with its connection', async () => {
  const client = await RawClient.connect(broker.port)
  await client.send('CreateTopics', 4, {
    topics: [{ name: 'quiet', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1000,
    validateOnly: false,
  })
  const topics = [{ topic: 'quiet', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }] }]
  client
    .send('Fetch', 11, { maxWaitMs: 60_000, minBytes: 1, maxBytes: 1000, isolationLevel: 0, topics, forgottenTopicsData: [] })
    .catch(() => {})
  const partition = broker.context.topics.partition('quiet', 0)!
  await eventually(() => partition.watchers === 1, 'the fetch waiting')
  const before = process.cpuUsage()
  await new Promise(resolve => setTimeout(resolve, 500))
  const used = process.cpuUsage(before)
  expect((used.user + used.system) / 1000, 'milliseconds of processor time in 500 ms of waiting').toBeLessThan(250)
  client.close()
  await eventually(() => partition.watchers === 0, 'nobody waiting')
})
