import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { reading } from './support/rows.ts'
import { closing } from './support/story.ts'

kpi('goes-on', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup })
  const monday = Array.from({ length: 15 }, (_, i) => reading(1, i + 1, i))
  await pipeline.send([...monday, reading(2, 1, 60), { partition: 0, value: Buffer.from('{') }])
  let program = await pipeline.start()
  await pipeline.expectWindows(windowsOf(monday, 10), () => program)
  await eventually('the broken message is set aside', async () => (await pipeline.rejects()).length > 0)
  const stopped = await program.stop(10_000)
  did('I let it write its windows and ended it with SIGTERM.')
  expect(stopped.forced ? 'it had to be killed after 10 s' : 'it ended', 'what became of it after SIGTERM').toBe('it ended')

  program = await pipeline.start()
  const tuesday = Array.from({ length: 5 }, (_, i) => reading(1, i + 30, 100 + i))
  await pipeline.send([...tuesday, closing(110)])
  did('I started it again and sent five more readings.')
  const all = windowsOf([...monday, reading(2, 1, 60), ...tuesday], 10)
  await pipeline.expectWindows(all, () => program)
  const { records } = await pipeline.windows()
  expect(records.length, 'messages on the topic of windows: none twice after an orderly end').toBe(all.size)
  expect((await pipeline.rejects()).length, 'messages on the topic of rejects').toBe(1)
})
