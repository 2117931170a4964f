import { did, expect, kpi } from '../../kpi/index.ts'
import { compare, Lake } from './support/lake.ts'
import { World } from './support/world.ts'

kpi('whole-versions', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random }) => {
  const batch = random.int(20, 30)
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup }, { maxRecords: batch })
  const world = new World(random, 40)
  for (let i = 0; i < 80; i++) world.update()
  await lake.send(world.history)
  did(`I sent 40 shipments and 80 updates, ~${batch} a batch, and read every version that shipments has had.`)

  const program = await lake.start()
  await lake.expectShipments(world.after(), () => program)

  const newest = await lake.shipments.newest()
  for (let version = 0; version <= newest; version++) {
    const batches = ((await lake.shipments.at(version)).txns.get('shipments-to-lake') ?? -1) + 1
    compare(
      await lake.shipments.rows(version),
      world.after(batches * batch),
      `shipments at version ${version}, after ${batches} of the batches`,
    )
  }
  expect(newest, 'versions after the empty one: at most one a batch').toBeLessThanOrEqual(Math.ceil(120 / batch))
})
