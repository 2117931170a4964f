import { did, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { reading } from './support/rows.ts'
import { closing } from './support/story.ts'

kpi('broker-away', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, { partitions: 2 })
  const before = Array.from({ length: 20 }, (_, i) => reading(1 + (i % 2), i + 1, i))
  const after = Array.from({ length: 20 }, (_, i) => reading(1 + (i % 2), i + 21, 100 + i))
  await pipeline.send([...before, reading(1, 90, 60), reading(2, 90, 60)])
  const program = await pipeline.start()
  await pipeline.expectWindows(windowsOf(before, 10), () => program)

  await kafka.restart()
  did('When the first windows were there, I killed the broker (kill -9) and started it again; then I sent more.')
  await pipeline.send(after)
  const all = windowsOf([...before, reading(1, 90, 60), reading(2, 90, 60), ...after], 10)
  // 06:01:59 − 30 s.
  const closed = new Map([...all].filter(([, window]) => String(window['window_end']) <= '2026-03-02T06:01:29Z'))
  await pipeline.expectWindows(closed, () => program, 60_000)
  await pipeline.send([closing(120)])
  await pipeline.expectWindows(all, () => program, 60_000)
})
