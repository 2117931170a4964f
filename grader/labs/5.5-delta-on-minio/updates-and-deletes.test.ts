import { did, kpi } from '../../kpi/index.ts'
import { Lake } from './support/lake.ts'
import { World } from './support/world.ts'

kpi('updates-and-deletes', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup }, { maxRecords: 12 })
  const world = new World(random, 40)
  await lake.send(world.history)
  const program = await lake.start()
  await lake.expectShipments(world.after(), () => program)

  const from = world.history.length
  const ids = random.shuffle([...world.after().keys()])
  for (const id of ids.slice(0, 15)) world.update(id)
  for (const id of ids.slice(15, 20)) world.delete(id)
  for (let i = 0; i < 5; i++) world.insert()
  await lake.send(world.history.slice(from))
  did('When the snapshot was in the table, I sent 15 updates, 5 deletions with their tombstones and 5 insertions, of a shipment each.')

  await lake.expectShipments(world.after(), () => program)
})
