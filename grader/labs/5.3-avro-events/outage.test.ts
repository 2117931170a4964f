import { recordsIn } from '../../experiments/topic.ts'
import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { lostLines } from './support/lost.ts'
import { errorIn, newTopic, produce, WITHIN } from './support/programs.ts'
import { readings } from './support/readings.ts'

const COUNT = 12_000

/** The broker killed (-9) while the producer sends, and started again. */
kpi('outage', async ({ learner, kafka, registry, random, timeline }) => {
  const topic = await newTopic({ kafka })
  const [pattern] = readings(random, 1)
  const lines = Array.from({ length: COUNT }, (_, i) => JSON.stringify({ ...pattern, seq: i + 1 }))
  const running = produce({ learner, kafka, registry }, topic, lines, 2 * WITHIN)
  running.catch(() => {})
  await eventually('src/producer.ts sends', async () => (await recordsIn(kafka, topic)) > 200, { within: WITHIN, every: 5 })
  await kafka.kill()
  const down = timeline.now()
  await kafka.start()
  const { code, sent, stderr } = await running
  // Right after an outage a partition may have no leader yet.
  const records = await eventually('the topic can be read', () => recordsIn(kafka, topic), { within: WITHIN, every: 200 })
  if (records < 300) inconclusive('nothing was sent after the kill')
  did(`I gave ${COUNT} readings to src/producer.ts, killed the broker (-9) while it sent them, and started it again.`)
  if (code !== 0) fail({ subject: 'exit code', expected: '0: a broker that comes back is no reason to give up', saw: `${code}`, details: errorIn(stderr) }) // biome-ignore format: one line
  expect(sent.length, 'lines that it said are there').toBe(COUNT)
  const lost = await lostLines({ kafka, registry }, topic, sent)
  if (lost.length > 0) fail({ subject: 'readings that it said are there and that are not', expected: '0', saw: `~${lost.length}` })
  if (down < 0) inconclusive('the broker was not down')
})
