import { did, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { reading } from './support/rows.ts'
import { closing } from './support/story.ts'

kpi('late-and-twice', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, { latenessSeconds: 30 })
  const first = [reading(1, 1, 0), reading(1, 2, 5, { front_c: '5.00' })]
  // 06:00:40 − 30 s is exactly the end of the first window.
  const closer = reading(2, 1, 40)
  await pipeline.send([...first, closer])
  did('I sent two readings of 06:00:00 and 06:00:05, and one of 06:00:40: with 30 s of lateness the first window is over.')
  const program = await pipeline.start()
  await pipeline.expectWindows(windowsOf(first, 10), () => program)

  const late = reading(1, 3, 8, { front_c: '40.00' })
  const behind = reading(1, 4, 11, { front_c: '6.00' })
  const again = reading(1, 4, 11, { front_c: '6.00', ingest_time: '2026-03-02T06:00:44.000Z' })
  const sameNumber = reading(2, 4, 11, { front_c: '7.00' })
  await pipeline.send([late, behind, again, sameNumber, behind, closing(40)])
  did('I sent one of 06:00:08, too late; one of 06:00:11, behind the others but in time, three times; the same number from another truck; then one an hour later.') // biome-ignore format: one line

  await pipeline.expectWindows(windowsOf([...first, closer, behind, sameNumber], 10), () => program)
})
