import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { expectAlerts } from './support/alerts.ts'
import { busyMorning } from './support/busy.ts'
import { truth } from './support/measured.ts'
import { type Pipeline, pipeline } from './support/pipeline.ts'

const [KILLS, HELD] = [3, 30]

kpi('restart', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const { trucks, readings } = busyMorning(random, HELD)
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks, lateness: HELD })
  let processor = await pipe.start()
  const chunk = Math.ceil(readings.length / (KILLS + 1))
  let killed = 0
  for (let round = 0; round <= KILLS; round++) {
    const part = readings.slice(round * chunk, (round + 1) * chunk)
    await pipe.send(part)
    if (round === KILLS) break
    const reached = round * chunk + random.int(1, part.length)
    await eventually('what the processor commits to GROUP_ID', () => reaches(pipe, reached), { within: 30_000 })
    if (processor.running) killed++
    processor = await processor.restart()
  }
  if (killed === 0) inconclusive('no kill took effect')
  did(
    `I sent ${readings.length} readings in ${KILLS + 1} parts and killed the processor (kill -9) within each of the first ${KILLS}, when it had committed a drawn number of them.`,
  )
  const { marks, last, beyond } = await pipe.finish(readings)
  await expectAlerts(pipe, registry, { due: truth([...readings, ...marks]), last, byChance: true })

  await processor.stop()
  const before = (await pipe.alerts.caughtUp()).length
  await pipe.start()
  const later = await pipe.finish([...readings, ...marks, ...beyond])
  const all = [...readings, ...marks, ...beyond, ...later.marks]
  did('I stopped it (SIGTERM), started it again, and let some more time pass.')
  const due = truth(all)
  await expectAlerts(pipe, registry, { due, last: later.last, byChance: true })
  const written = (await pipe.alerts.caughtUp()).length - before
  const fresh = due.length - truth([...readings, ...marks]).length
  expect(written, 'alerts written after the orderly stop (those of the time that had passed, none of before)').toBe(fresh)
})

async function reaches(pipe: Pipeline, wanted: number): Promise<true> {
  const committed = await pipe.committed()
  return committed >= wanted || fail({ expected: `~${wanted} messages done with`, saw: `~${committed}` })
}
