import { did, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { closedOf, closing, dueOf, messagesOf, story } from './support/story.ts'

kpi('unseen-seed', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const told = story(random, { vehicles: 4, readings: 3000 }, 3)
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, { partitions: 3, latenessSeconds: told.lateness })
  const due = dueOf(told, pipeline.options.windowSeconds)
  const closed = closedOf(due, told.rows, told.lateness)
  await pipeline.send(messagesOf(told, row => pipeline.bytes(row)))
  did(
    `I sent ~${told.rows.length} messages of 4 trucks on 3 partitions, a drawn seed of the Fjordline data, with duplicates, tunnels, sensor faults and corrupt ones.`,
  )

  const program = await pipeline.start()

  await pipeline.expectWindows(closed, () => program)
  did('When the windows that the watermark has passed were there, I sent a reading an hour later.')
  await pipeline.send([closing(told.last)])
  await pipeline.expectWindows(due, () => program)
})
