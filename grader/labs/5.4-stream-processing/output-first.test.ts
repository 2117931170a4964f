import { did, eventually, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { reading } from './support/rows.ts'
import { closing } from './support/story.ts'

kpi('output-first', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, { without: ['windows'] })
  const rows = Array.from({ length: 20 }, (_, i) => reading(1, i + 1, i))
  await pipeline.send([...rows, closing(20)])
  const stuck = await pipeline.start()
  did('I sent readings and started the processor, but the topic for its windows was not there: it could not write them.')
  // It gives up, or tries on: then it is killed.
  await eventually('it gives up', () => !stuck.running, { within: 10_000 }).catch(() => {})
  await stuck.kill()
  await pipeline.makeWindowsTopic()
  did('When it had given up, or after 10 s, I killed it, made the topic, and started it again.')

  const program = await pipeline.start()

  await pipeline.expectWindows(windowsOf(rows, 10), () => program)
})
