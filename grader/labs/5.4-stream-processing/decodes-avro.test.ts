import { did, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { windowsOf } from './support/reference.ts'
import { reading } from './support/rows.ts'
import { closing } from './support/story.ts'

kpi('decodes-avro', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, { format: 'avro' })
  const rows = Array.from({ length: 24 }, (_, i) =>
    reading(1 + (i % 2), i + 1, i, {
      front_c: `-${random.int(18, 22)}.${random.int(10, 99)}`,
      front_open: random.int(0, 1) === 1,
      ...(i % 2 ? { rear_c: `${random.int(1, 7)}.${random.int(10, 99)}`, rear_open: random.int(0, 1) === 1 } : {}),
    }),
  )
  await pipeline.send([...rows, closing(30)])
  did(`I registered the schema of the events and sent ${rows.length} of them as framed Avro, one of two trucks without a rear compartment.`)

  const program = await pipeline.start()

  await pipeline.expectWindows(windowsOf(rows, pipeline.options.windowSeconds), () => program)
})
