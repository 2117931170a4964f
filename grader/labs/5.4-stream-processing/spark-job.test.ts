import { ComposeJob } from '../../experiments/compose-job.ts'
import { follow } from '../../experiments/streams/follow.ts'
import { did, eventually, inconclusive, kpi } from '../../kpi/index.ts'
import { Pipeline } from './support/pipeline.ts'
import { closedOf, closing, dueOf, messagesOf, story } from './support/story.ts'

const COLD = 180_000

kpi('spark-job', async ({ learner, kafka, registry, scratch, cleanup, random, compose }) => {
  const told = story(random, { vehicles: 4, readings: 2000 }, 3)
  const options = { partitions: 3, latenessSeconds: told.lateness, maxRecords: 400 }
  const pipeline = await Pipeline.open({ learner, kafka, registry, scratch, cleanup }, options)
  const due = dueOf(told, pipeline.options.windowSeconds)
  const closed = closedOf(due, told.rows, told.lateness)
  await pipeline.send(messagesOf(told, row => pipeline.bytes(row)))
  const windows = await follow(kafka, pipeline.topics.windows)
  cleanup(() => windows.close())
  const inside = { KAFKA_BROKERS: kafka.inside.brokers, CHECKPOINT_DIR: `/opt/spark/work-dir/${kafka.topicPrefix}` }
  const job = await ComposeJob.run(await compose.warm(), 'spark', { ...pipeline.env(), ...inside }, cleanup)
  did(`I sent ~${told.rows.length} messages of a drawn seed and ran the service spark of your compose file, 400 messages a batch.`)

  await eventually('the first windows of the job', async () => windows.messages.length > 0 || job.mustRun(), { within: COLD, every: 200 })
  const all = new Set(windows.messages.map(({ key }) => String(key))).size >= closed.size
  if (await job.kill()) await job.start()
  did('When the first windows were there, I killed its container (SIGKILL) and started it again.')
  const running = { running: true }
  await pipeline.expectWindows(closed, () => running, COLD)
  await pipeline.send([closing(told.last)])
  did('When the windows that the watermark has passed were there, I sent a reading an hour later.')
  await pipeline.expectWindows(due, () => running, 60_000)
  if (all) inconclusive('All windows were written before the container was killed.')
})
