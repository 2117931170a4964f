import { did, eventually, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { Bench, framed, PATIENCE, printed, V1 } from './support/bench.ts'
import { readingsOf } from './support/readings.ts'

const COUNT = 12_000

kpi('reader-killed', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup }, { partitions: 1 })
  const id = await bench.released(V1)
  const values = await Promise.all(readingsOf(random, COUNT + 1).map(reading => framed(learner, V1, id, reading)))
  await bench.send(values.slice(0, COUNT).map(value => ({ value })))
  const moment = random.int(300, 4000)

  const first = await bench.consume(V1, 'reader')
  await eventually(`reading ${moment} of ${COUNT} is printed`, () => printed(first).some(({ offset }) => offset >= moment), {
    within: PATIENCE,
  })
  await first.kill()
  did(
    `I killed src/consumer.ts (kill -9) after ~${moment} of ${COUNT} readings, started it again with the same GROUP, and sent one reading more.`,
  )
  const seen = new Set(printed(first).map(({ offset }) => offset))
  if (seen.has(COUNT - 1)) inconclusive('The consumer had printed everything before it was killed.')
  const second = await bench.consume(V1, 'reader')
  await bench.send([{ value: values[COUNT]! }])
  await eventually('the one reading more is printed', () => printed(second).some(({ offset }) => offset === COUNT), {
    within: 2 * PATIENCE,
    every: 100,
  })
  for (const { offset } of printed(second)) seen.add(offset)
  const lost = Array.from({ length: COUNT }, (_, offset) => offset).filter(offset => !seen.has(offset))
  if (lost.length > 0)
    fail({
      subject: 'readings that neither run of the consumer has printed',
      expected: 'none: printed first, committed second',
      saw: `~${lost.length}, the first at offset ~${lost[0]}`,
    })
})
