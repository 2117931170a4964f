import { did, eventually, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { Bench, framed, PATIENCE, printed, V1 } from './support/bench.ts'
import { readingsOf } from './support/readings.ts'

const COUNT = 12_000

kpi('reader-killed', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup }, { partitions: 1 })
  const id = await bench.released(V1)
  const readings = readingsOf(random, COUNT)
  await bench.send(await Promise.all(readings.map(async reading => ({ value: await framed(learner, V1, id, reading) }))))

  const seen = new Set<number>()
  let kills = 0
  for (const moment of [random.int(200, 1500), random.int(3000, 5000)]) {
    const program = await bench.consume(V1, 'reader')
    await eventually(
      `reading ${moment} is printed`,
      () => program.logs.length > 0 && printed(program).some(({ offset }) => offset >= moment),
      { within: PATIENCE },
    )
    await program.kill()
    for (const { offset } of printed(program)) seen.add(offset)
    if (!seen.has(COUNT - 1)) kills++
  }
  if (kills === 0) inconclusive('The consumer had printed everything before it was killed.')
  did(`I killed src/consumer.ts (kill -9) twice while it printed ${COUNT} readings, and started it again with the same GROUP.`)
  const last = await bench.consume(V1, 'reader')
  await eventually(`the last of ${COUNT} readings is printed`, () => printed(last).some(({ offset }) => offset === COUNT - 1), {
    within: PATIENCE,
  })
  for (const { offset } of printed(last)) seen.add(offset)
  const lost = Array.from({ length: COUNT }, (_, offset) => offset).filter(offset => !seen.has(offset))
  if (lost.length > 0)
    fail({
      subject: 'readings that no run of the consumer has printed',
      expected: 'none: printed before its offset is committed',
      saw: `~${lost.length}, the first at offset ~${lost[0]}`,
    })
})
