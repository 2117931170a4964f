import { ListBucketsCommand } from '@aws-sdk/client-s3'
import { did, eventually, kpi } from '../../kpi/index.ts'
import { s3Client } from '../../services/object-store/buckets.ts'
import { Lake } from './support/lake.ts'
import { World } from './support/world.ts'

kpi('other-store', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random, compose }) => {
  const [accessKey, secretKey] = [`key${random.word(8)}`, random.word(20)]
  const project = await compose.up({ files: ['other-store.yaml'], env: { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey } })
  const port = project.port('store', 9000)!
  const url = `http://127.0.0.1:${port}`
  const admin = s3Client(url, accessKey, secretKey)
  cleanup(() => admin.destroy())
  const other = { ...objectStore, url, host: '127.0.0.1', port, accessKey, secretKey, admin }
  await eventually('the other store answers', () => admin.send(new ListBucketsCommand({})), { within: 30_000, every: 200 })
  const lake = await Lake.open({ learner, kafka, registry, objectStore: other, scratch, cleanup }, { compactEvery: 3, maxRecords: 40 })
  const world = new World(random, 40)
  world.live(80)
  await lake.send(world.history)
  did(
    'I put versitygw in the place of MinIO, sent a snapshot of 40 shipments and 80 changes, and killed the processor (kill -9) on the way.',
  )

  let program = await lake.start()
  await eventually('a first version of shipments', async () => !program.running || (await lake.shipments.newest()) >= 1, { within: 20_000 })
  program = await program.restart()

  await lake.expectShipments(world.after(), () => program)
  await lake.expectChanges(() => program)
})
