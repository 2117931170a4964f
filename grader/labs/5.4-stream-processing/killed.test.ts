import { follow } from '../../experiments/streams/follow.ts'
import { did, eventually, inconclusive, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { closedOf, closing, dueOf, messagesOf, story } from './support/story.ts'

const KILLS = 6

kpi('killed', async ({ learner, kafka, registry, scratch, cleanup, random, timeline }) => {
  const told = story(random, { vehicles: 3, readings: 3000 }, 2)
  const options = { partitions: 2, latenessSeconds: told.lateness, maxRecords: 50 }
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, options)
  const due = dueOf(told, pipeline.options.windowSeconds)
  const closed = closedOf(due, told.rows, told.lateness)
  await pipeline.send(messagesOf(told, row => pipeline.bytes(row)))
  did(
    `I sent ~${told.rows.length} messages, 50 a batch, and killed the processor (kill -9) ${KILLS} times while windows were written, starting it again each time.`,
  )

  const windows = await follow(kafka, pipeline.topics.windows)
  cleanup(() => windows.close())
  let program = await pipeline.start()
  let effective = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const keys = () => new Set(windows.messages.map(({ key }) => String(key))).size
    const until = windows.messages.length + random.int(1, 25)
    const enough = () => keys() >= closed.size || windows.messages.length >= until || !program.running
    const more = await eventually('more windows are written after each start', enough, { within: 20_000, every: 5 }).catch(() => false)
    // What is missing is told below.
    if (!more) break
    if (keys() < closed.size) effective++
    program = await program.restart()
    timeline.mark('killed and started again')
  }

  await pipeline.expectWindows(closed, () => program, 45_000)
  await pipeline.send([closing(told.last)])
  await pipeline.expectWindows(due, () => program)
  if (effective < 2) inconclusive(`Only ${effective} of ${KILLS} kills came before all was written.`)
})
