/** The stream processor: readings in, alerts and rejects out. Order of each step: outputs, then state, then offsets. */
import { type Batch, Kafka, logLevel, type Message } from 'kafkajs'
import { readConfig } from './config.ts'
import { decode } from './decode.ts'
import { readFleet } from './fleet.ts'
import { AlertWriter, rejected, untilDone } from './output.ts'
import { Partition, type PartitionState } from './partition.ts'
import { Registry } from './registry.ts'
import { loadState, type Saved, saveState } from './state.ts'
import type { Alert } from './types.ts'
import { fleetWatermark } from './watermark.ts'

/** Messages between two saves, at most: what a kill makes us read again. A save writes the whole partition, however little has changed. */
const STEP = 2000

interface Assigned {
  judge: Partition
  /** Offset of the next message. */
  next: number
  heardAt: number
}

const config = readConfig(process.env)
const fleet = readFleet(config.vehiclesCsv)
const registry = new Registry(config.registryUrl)
const kafka = new Kafka({
  clientId: 'processor',
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

let assigned = new Map<number, Assigned>()
/** One thing at a time: a batch, a look at the idle partitions, or the taking over of partitions. */
let turn: Promise<void> = Promise.resolve()
const inTurn = (work: () => Promise<void>): Promise<void> => {
  const mine = turn.then(work)
  turn = mine.catch(() => {})
  return mine
}

const alertsOut = await AlertWriter.open(registry, config.topics.alerts)
await producer.connect()

consumer.on('consumer.group_join', ({ payload }) => {
  const partitions = payload.memberAssignment[config.topics.readings] ?? []
  void inTurn(async () => {
    const saved = await untilDone('state', () => loadState<PartitionState>(kafka, config.topics.state, config.groupId))
    const take = (partition: number): Assigned => {
      const { state, next = 0 } = saved.get(partition) ?? {}
      return { judge: new Partition(config.rules, fleet, config.maxLateness, state), next, heardAt: performance.now() }
    }
    assigned = new Map(partitions.map(partition => [partition, take(partition)]))
    console.log('ready')
  })
})

/** Writes what a step has made; only then is its state saved. */
async function settle(alerts: Alert[], rejects: Message[], changed: Iterable<number>): Promise<void> {
  const watermark = fleetWatermark(
    [...assigned.values()].map(({ judge, heardAt }) => ({ watermark: judge.watermark, heardAt })),
    performance.now(),
    config.idleMs,
  )
  const dirty = new Set(changed)
  for (const [partition, { judge }] of assigned) {
    const before = judge.watermark
    alerts.push(...judge.pull(watermark))
    if (judge.watermark !== before) dirty.add(partition)
  }
  const send = (topic: string, messages: Message[]) =>
    messages.length === 0 ? undefined : untilDone(topic, () => producer.send({ topic, acks: -1, messages }))
  await send(
    config.topics.alerts,
    alerts.map(alert => alertsOut.message(alert)),
  )
  await send(config.topics.rejects, rejects)
  const states = new Map<number, Saved<PartitionState>>()
  for (const partition of dirty) {
    const { judge, next } = assigned.get(partition)!
    states.set(partition, { next, state: judge.save() })
  }
  await untilDone('state', () => saveState(producer, config.topics.state, states))
}

async function step({ topic, partition }: Batch, messages: Batch['messages']): Promise<void> {
  const part = assigned.get(partition)
  if (!part) return
  const alerts: Alert[] = []
  const rejects: Message[] = []
  for (const message of messages) {
    // The state is newer than the offset that was committed after it: what is in it already is passed over.
    if (Number(message.offset) < part.next) continue
    const reading = await untilDone('registry', () => decode(registry, fleet, message.value))
    const judged = typeof reading === 'string' ? reading : part.judge.arrive(reading)
    if (judged === 'too-late') console.error('dropped a late reading')
    else if (typeof judged === 'string') rejects.push(rejected(topic, partition, message, judged))
    else alerts.push(...judged)
    part.next = Number(message.offset) + 1
  }
  part.heardAt = performance.now()
  await settle(alerts, rejects, [partition])
}

/** kafkajs joins again when the group has given us up, but not when that error is wrapped as one that no retry mends, as a commit has it. */
function asItCame(error: Error): never {
  throw error.cause ?? error
}

await consumer.connect()
await consumer.subscribe({ topic: config.topics.readings, fromBeginning: true })
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch, heartbeat, isRunning, isStale }) => {
    // A step may wait long for the registry or the broker; the group must know that we are there.
    const beating = setInterval(() => void heartbeat().catch(() => {}), config.sessionMs / 5)
    try {
      for (let from = 0; from < batch.messages.length; from += STEP) {
        if (!isRunning() || isStale()) return
        const messages = batch.messages.slice(from, from + STEP)
        await inTurn(() => step(batch, messages))
        const offset = String(Number(messages.at(-1)!.offset) + 1)
        await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset }]).catch(asItCame)
      }
    } finally {
      clearInterval(beating)
    }
  },
})

const idle = setInterval(() => void inTurn(() => settle([], [], [])).catch(() => {}), Math.max(100, config.idleMs / 5))

process.once('SIGTERM', () => {
  clearInterval(idle)
  void consumer
    .disconnect()
    .then(() => inTurn(() => producer.disconnect()))
    .finally(() => process.exit(0))
})
