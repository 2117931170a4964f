import { did, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { reading } from './support/rows.ts'
import { closing } from './support/story.ts'

kpi('new-field', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, { format: 'avro' })
  const old = Array.from({ length: 10 }, (_, i) => reading(1, i + 1, i))
  const stale = pipeline.bytes(reading(1, 31, 21))
  await pipeline.send(old)
  const program = await pipeline.start()
  await pipeline.send([reading(2, 1, 40)])
  await pipeline.expectWindows(windowsOf(old, 10), () => program)

  const column = `humidity_${random.word(4)}`
  await pipeline.useSchema(column)
  const fresh = Array.from({ length: 10 }, (_, i) => reading(1, i + 11, 10 + i, { [column]: '61.5' }))
  await pipeline.send([...fresh, { partition: 0, value: stale }, closing(40)])
  did(
    `While it ran, the table got a column "humidity_…" between two others: I sent 10 readings with the new schema, then one with the old.`,
  )

  await pipeline.expectWindows(windowsOf([...old, ...fresh, reading(1, 31, 21), reading(2, 1, 40)], 10), () => program)
})
