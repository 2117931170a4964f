import { recordsIn } from '../../experiments/topic.ts'
import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { hanging } from './support/hang.ts'
import { lostLines } from './support/lost.ts'
import { errorIn, newTopic, startProducer, WITHIN } from './support/programs.ts'
import { readings } from './support/readings.ts'

const COUNT = 12_000
/** Milliseconds that the broker hangs before it is killed, unless all was said to be there before: long enough to say so of what only went out. */
const HANGS = 1_000

/** The broker hangs and is killed (-9) while the producer sends, and started again. */
kpi('outage', async ({ learner, kafka, registry, engine, compose, random, cleanup }) => {
  const topic = await newTopic({ kafka })
  const [pattern] = readings(random, 1)
  const lines = Array.from({ length: COUNT }, (_, i) => JSON.stringify({ ...pattern, seq: i + 1 }))
  const hang = await hanging({ kafka, engine, compose, cleanup })
  const producer = await startProducer({ learner, kafka, registry }, topic, lines)
  const sends = async () => producer.said() > 0 || (await recordsIn(kafka, topic)) > 0
  await eventually('src/producer.ts sends', async () => !producer.program.running || (await sends()), { within: WITHIN, every: 5 })
  // It stands still until the broker does: a fast one would have sent everything meanwhile.
  producer.program.pause()
  await hang()
  const before = producer.said()
  producer.program.resume()
  await eventually('it says that everything is there', () => producer.said() === COUNT, { within: HANGS, every: 20 }).catch(() => {})
  await kafka.kill()
  await kafka.start()
  const { code, sent, stderr } = await producer.ended(2 * WITHIN)
  // Right after an outage a partition may have no leader yet.
  await eventually('the topic can be read', () => recordsIn(kafka, topic), { within: WITHIN, every: 200 })
  did(`I gave ${COUNT} readings to src/producer.ts, made the broker hang while it sent them, killed it (-9), and started it again.`)
  if (code !== 0) fail({ subject: 'exit code', expected: '0: a broker that comes back is no reason to give up', saw: `${code}`, details: errorIn(stderr) }) // biome-ignore format: one line
  if (before === COUNT) inconclusive('everything was sent before the broker hung')
  expect(sent.length, 'lines that it said are there').toBe(COUNT)
  const lost = await lostLines({ kafka, registry }, topic, sent)
  if (lost.length > 0) fail({ subject: 'readings that it said are there and that are not', expected: '0', saw: `~${lost.length}` })
})
