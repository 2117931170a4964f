import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { envelope, type ReadingRow, reading } from './support/rows.ts'
import { closing } from './support/story.ts'

const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const bad = (more: ReadingRow) => json(envelope(reading(1, 50, 4, more)))

/** Messages that are no readings, each with the reason. */
const DAMAGED: [string, string, Buffer][] = [
  ['half of a message', 'unreadable', bad({}).subarray(0, 77)],
  ['bytes that are no UTF-8', 'unreadable', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ['an empty message', 'unreadable', Buffer.alloc(0)],
  ['a list', 'invalid', json([1])],
  ['null', 'invalid', json(null)],
  ['a row without its envelope', 'invalid', json(reading(1, 51, 4))],
  ['no truck', 'invalid', bad({ vehicle_id: null })],
  ['a truck with two characters lost', 'invalid', bad({ vehicle_id: 'V-\uFFFD1\uFFFD2' })],
  ['ERR for a temperature', 'invalid', bad({ front_c: 'ERR' })],
  ['no temperature', 'invalid', bad({ front_c: '' })],
  ['the 32nd of March', 'invalid', bad({ event_time: '2026-03-32T06:00:04Z' })],
  ['the 30th of February', 'invalid', bad({ event_time: '2026-02-30T06:00:04Z' })],
  ['25 o’clock', 'invalid', bad({ event_time: '2026-03-02T25:00:04Z' })],
  ['a clock in the year 2031', 'invalid', bad({ event_time: '2031-03-02T06:00:04Z' })],
]

kpi('set-aside', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, { maxRecords: 5 })
  const rows = Array.from({ length: 20 }, (_, i) => reading(1, i + 1, i))
  const damaged = random.shuffle(DAMAGED)
  const messages = rows.flatMap((row, i) => [row, ...(damaged[i] ? [{ partition: 0, value: damaged[i][2] }] : [])])
  await pipeline.send([...messages, closing(20)])
  did(`I sent 20 readings and between them ${damaged.length} messages that are none, five messages a batch.`)

  const program = await pipeline.start()

  await pipeline.expectWindows(windowsOf(rows, 10), () => program)
  const rejects = await eventually(
    'messages on the topic of rejects',
    async () => {
      const records = await pipeline.rejects()
      expect(records.length, 'messages on the topic of rejects').toBe(damaged.length)
      return records
    },
    { within: 5000 },
  )
  for (const [what, reason, value] of damaged) {
    const offset = messages.findIndex(message => message['value'] === value)
    const record = rejects.find(({ key }) => key === `${pipeline.topics.readings}/0/${offset}`)
    expect(record?.headers['reason'] ?? 'no message with its key', `header "reason" of what was set aside: ${what}`).toBe(reason)
    const bytes = record!.value?.equals(value) ? 'as they came' : `others: ${String(record!.value).slice(0, 40)}`
    expect(bytes, `bytes of what was set aside: ${what}`).toBe('as they came')
  }
})
