/** The experiments that both sinks go through. */
import { type Followed, follow } from '../../../experiments/streams/follow.ts'
import { did, eventually, expect, fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import { killedBeforeCommit, killedBeforeWrite } from './between.ts'
import { type Flow, makeFlow } from './flow.ts'
import { fjordline, lastOfEach } from './records.ts'
import type { Sink } from './sinks.ts'
import { expectRows, makeTables } from './tables.ts'

type Parts = Pick<KpiFixtures, 'learner' | 'kafka' | 'registry' | 'postgres' | 'cleanup' | 'random'>
type MakeSink = (flow: Flow) => Sink

/** Readings and alerts of an unseen seed end in their tables, with every value. */
export async function judgeFlow(parts: Parts, make: MakeSink): Promise<void> {
  const { readings, alerts } = fjordline(parts.random)
  await makeTables(parts)
  const flow = await makeFlow(parts)
  const sink = make(flow)
  await sink.start()
  await flow.sendReadings(readings)
  await flow.sendAlerts(alerts)
  did(`I sent ~${readings.length} readings, some of them twice, and ~${alerts.length} alerts to ${sink.name}.`)
  await expectRows(parts, 'readings', lastOfEach(readings), sink)
  await expectRows(parts, 'alerts', alerts, sink)
}

/** A value that comes again under its key replaces the one before, also within one batch. */
export async function judgeCorrections(parts: Parts, make: MakeSink): Promise<void> {
  const { readings, alerts } = fjordline(parts.random, { readings: 300 })
  await makeTables(parts)
  const flow = await makeFlow(parts, 1)
  const corrected = [...readings.slice(0, 100), ...readings.slice(0, 100).map(one => ({ ...one, front_c: one.front_c + 1.25 }))]
  // All of it is there before the sink is, so that it comes in one batch.
  await flow.sendReadings(corrected)
  await flow.sendAlerts(alerts)
  const sink = make(flow)
  await sink.start()
  did('I sent 100 readings and at once the same 100 again, each 1.25 °C warmer; then I started the sink.')
  await expectRows(parts, 'readings', lastOfEach(corrected), sink)
  const again = corrected.slice(0, 50).map(one => ({ ...one, front_open: true }))
  await flow.sendReadings(again)
  did('Then 50 of them a third time, cold again and with an open door.')
  await expectRows(parts, 'readings', lastOfEach([...corrected, ...again]), sink)
}

/** Where a kill hurts: the batch is read and not written, or written and its offsets are not committed. */
export type Moment = 'before-write' | 'before-commit'

/** Killed at each of these moments: nothing is lost, nothing is there twice, and it goes on. */
export async function judgeKill(parts: Parts, make: MakeSink, moments: readonly Moment[]): Promise<void> {
  const { readings } = fjordline(parts.random, { readings: PART * (moments.length + 2), duplicatePerMillion: 0, corruptPerMillion: 0 })
  await makeTables(parts)
  const flow = await makeFlow(parts)
  const sink = make(flow)
  await sink.start()
  await flow.sendReadings(readings.slice(0, PART))
  await expectRows(parts, 'readings', readings.slice(0, PART), sink)
  for (const [n, moment] of moments.entries()) {
    const kill = moment === 'before-write' ? killedBeforeWrite : killedBeforeCommit
    const sent = (n + 2) * PART
    await kill(parts, flow, sink, readings.slice(sent - PART, sent))
    await expectRows(parts, 'readings', readings.slice(0, sent), sink)
  }
  // It is not enough that everything is there: it must still work.
  await flow.sendReadings(readings.slice(-PART))
  await expectRows(parts, 'readings', readings, sink)
}

const PART = 300

/** What cannot be read is in the dead letter queue, as it came, with headers that say where it was; the rest flows. */
export async function judgePoison(parts: Parts, make: MakeSink): Promise<void> {
  const { readings, alerts } = fjordline(parts.random, { readings: 200, duplicatePerMillion: 0 })
  await makeTables(parts)
  const flow = await makeFlow(parts, 1)
  const letters = await follow(parts.kafka, flow.topics.deadLetters)
  parts.cleanup(() => letters.close())
  const sink = make(flow)
  await sink.start()
  const whole = flow.readings.write(readings[0]!)
  const poison = [
    { offset: 100, key: 'V-0001', value: Buffer.from('{"vehicle_id":"V-0001","seq":1}'), what: 'JSON without a frame' },
    { offset: 101, key: 'V-0002', value: whole.subarray(0, 20), what: 'a frame that was cut' },
  ]
  await flow.sendReadings(readings.slice(0, 100))
  await flow.sendRaw(
    flow.topics.readings,
    poison.map(({ key, value }) => ({ key, value, partition: 0 })),
  )
  await flow.sendReadings(readings.slice(100))
  await flow.sendAlerts(alerts)
  did(`I sent 100 readings, ${poison.map(({ what }) => what).join(', ')}, and ~${readings.length - 100} readings to ${sink.name}.`)
  await expectRows(parts, 'readings', readings, sink)
  await expectLetters(flow, letters, poison)
}

interface Poison {
  offset: number
  key: string
  value: Buffer
  what: string
}

async function expectLetters(flow: Flow, letters: Followed, poison: readonly Poison[]): Promise<void> {
  const header = (n: number, name: string) => String(letters.messages[n]?.headers?.[`__connect.errors.${name}`] ?? 'none')
  await eventually(
    'dead letters',
    () => letters.messages.length >= poison.length || fail({ expected: String(poison.length), saw: String(letters.messages.length) }),
    { within: 20_000, every: 50 },
  )
  await letters.caughtUp()
  for (const { offset, key, value, what } of poison) {
    const at = letters.messages.findIndex(message => message.value !== null && Buffer.compare(message.value, value) === 0)
    if (at === -1) fail({ subject: 'dead letters', expected: `${what}, byte for byte`, saw: 'no dead letter with these bytes' })
    expect(letters.messages[at]!.key?.toString(), `key of the dead letter: ${what}`).toBe(key)
    const topic = header(at, 'topic').replace(flow.topics.readings, 'READINGS_TOPIC')
    expect(topic, `header __connect.errors.topic of ${what}`).toBe('READINGS_TOPIC')
    expect(header(at, 'partition'), `header __connect.errors.partition of ${what}`).toBe('0')
    expect(header(at, 'offset'), `header __connect.errors.offset of ${what}`).toBe(String(offset))
    expect(header(at, 'stage'), `header __connect.errors.stage of ${what}`).toBe('VALUE_CONVERTER')
    expect(header(at, 'exception.message'), `header __connect.errors.exception.message of ${what}`).not.toBe('none')
  }
  expect(letters.messages.length, 'dead letters').toBe(poison.length)
}
