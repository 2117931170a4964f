import { ComposeJob } from '../../experiments/compose-job.ts'
import { did, eventually, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { Lake } from './support/lake.ts'
import { World } from './support/world.ts'

const COLD = 180_000

kpi('spark-job', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random, compose }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup }, { maxRecords: 60 })
  const world = new World(random, 60)
  world.live(160)
  await lake.send(world.history)
  const inside = { KAFKA_BROKERS: kafka.inside.brokers, S3_ENDPOINT: objectStore.inside.url }
  const CHECKPOINT_DIR = `/opt/spark/work-dir/${kafka.topicPrefix}`
  const job = await ComposeJob.run(await compose.warm(), 'spark', { ...lake.env(), ...inside, CHECKPOINT_DIR }, cleanup)
  did('I sent a snapshot of 60 shipments and 160 changes, and ran the service spark of your compose file, 60 messages a batch.')

  // Version 0 is the empty table.
  const written = async () => (await lake.shipments.newest()) >= 1 || job.mustRun()
  await eventually('the first batch of the job', written, { within: COLD, every: 300 })
  const batches = Math.ceil(lake.sent.length / 60)
  const early = (await lake.shipments.at(await lake.shipments.newest())).txns.get('shipments-to-lake') !== batches - 1
  await job.kill()
  await job.start()
  did('When its first batch was there, I killed its container (SIGKILL) and started it again.')
  const last = async () => {
    await job.mustRun()
    return (await lake.shipments.at(await lake.shipments.newest())).txns.get('shipments-to-lake') === batches - 1
  }
  await eventually(`txn of the last of ${batches} batches in the log of shipments`, last, { within: COLD, every: 300 })

  await lake.judgeShipments(world.after())
  await lake.judgeChanges()
  const cargo = (await lake.shipments.at(await lake.shipments.newest())).partitionColumns
  expect(cargo, 'partition columns of shipments').toEqual(['cargo'])
  if (!early) inconclusive('All batches were written before the container was killed.')
})
