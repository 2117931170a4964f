import { did, eventually, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { reading } from './support/rows.ts'
import { closing } from './support/story.ts'

kpi('registry-away', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, { format: 'avro' })
  const rows = Array.from({ length: 10 }, (_, i) => reading(1, i + 1, i))
  await pipeline.send([...rows, closing(10)])
  await registry.pause()
  did('I sent readings as framed Avro, stopped the registry where it was (it answers nothing), and started the processor.')
  const program = await pipeline.start()
  const blamed = async () => !program.running || (await pipeline.rejects()).length > 0
  await eventually('it gives up, or sets messages aside', blamed, { within: 8000, every: 200 }).catch(() => {})
  if ((await pipeline.windows()).records.length > 0) inconclusive('The windows were there before the registry stood still.')

  await registry.resume()
  did('Then the registry went on.')
  await pipeline.expectWindows(windowsOf(rows, 10), () => program, 60_000)
  expect((await pipeline.rejects()).length, 'messages set aside because the registry did not answer').toBe(0)
})
