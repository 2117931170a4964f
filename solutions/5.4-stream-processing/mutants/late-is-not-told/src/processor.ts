/** Change events of readings in, windows out: batch after batch, as Spark's Structured Streaming works. */
import { setTimeout as delay } from 'node:timers/promises'
import { Checkpoint, type State } from './checkpoint.ts'
import { readConfig } from './config.ts'
import { decoder } from './decode.ts'
import { BatchKafka } from './kafka.ts'
import { lagOf, nextRanges } from './plan.ts'
import { Registry } from './registry.ts'
import type { Message, Progress, Ranges, WindowValue } from './types.ts'
import { seconds, Windows } from './windows.ts'

const IDLE_MS = 50

const config = readConfig(process.env)
const kafka = await BatchKafka.connect(config.brokers, config.readingsTopic, config.groupId)
const decode = decoder(config.format, new Registry(config.registryUrl))
const checkpoint = new Checkpoint(config.checkpointDir)

let state: State = (await checkpoint.state()) ?? { batch: -1, next: {}, windows: { newest: null, open: [] } }
const begun = await checkpoint.plan()
// A batch that was begun is done again with the messages that it had then: what it has put out already comes again with the same content.
if (begun?.batch === state.batch + 1) await run(begun.ranges)

let stopping = false
process.once('SIGTERM', () => (stopping = true))
while (!stopping) {
  const ranges = nextRanges(await kafka.ends(), state.next, config.maxRecords)
  if (Object.keys(ranges).length === 0) {
    await delay(IDLE_MS)
    continue
  }
  await checkpoint.writePlan({ batch: state.batch + 1, ranges })
  await run(ranges)
}
await kafka.close()

/** One batch: read, count, put out, and only then remember. */
async function run(ranges: Ranges): Promise<void> {
  const windows = new Windows(config.windowMs, config.latenessMs, state.windows)
  const progress = { batch: state.batch + 1, read: 0, skipped: 0, rejected: 0, duplicate: 0, late: 0, windows: 0 }
  const rejects = []
  for (const message of await kafka.read(ranges)) {
    progress.read++
    const decoded = await decode(message)
    if (decoded.kind === 'skipped') progress.skipped++
    else if (decoded.kind === 'rejected') rejects.push(reject(message, decoded.reason))
    else {
      const outcome = windows.add(decoded.reading)
      if (outcome === 'duplicate') progress.duplicate++
    }
  }
  const closed = windows.close()
  await kafka.send({ [config.windowsTopic]: closed.map(written), [config.rejectsTopic]: rejects })
  const next = { ...state.next, ...Object.fromEntries(Object.entries(ranges).map(([partition, { to }]) => [partition, to])) }
  state = { batch: progress.batch, next, windows: windows.state() }
  await checkpoint.writeState(state)
  const watermark = windows.watermark === null ? null : seconds(windows.watermark)
  const line: Progress = { ...progress, rejected: rejects.length, windows: closed.length, watermark, lag: lagOf(await kafka.ends(), next) }
  console.log(JSON.stringify(line))
}

function written(value: WindowValue) {
  return { key: `${value.vehicle_id}/${value.window_start}`, value: JSON.stringify(value) }
}

function reject({ partition, offset, value }: Message, reason: string) {
  return { key: `${config.readingsTopic}/${partition}/${offset}`, value, headers: { reason } }
}
