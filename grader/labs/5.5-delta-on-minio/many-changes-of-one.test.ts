import { did, kpi } from '../../kpi/index.ts'
import { Lake } from './support/lake.ts'
import { World } from './support/world.ts'

kpi('many-changes-of-one', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup }, { maxRecords: 1000 })
  const world = new World(random, 10)
  const [busy, gone] = random.shuffle([...world.after().keys()]) as [string, string]
  for (let i = 0; i < 12; i++) world.update(busy)
  world.update(gone)
  world.delete(gone)
  const brief = world.insert().id
  world.update(brief)
  world.delete(brief)
  world.insert()
  await lake.send(world.history)
  did(
    'In one batch I sent a snapshot of 10, twelve updates of one shipment, an update and a deletion of another, and one that came and went.',
  )

  const program = await lake.start()

  await lake.expectShipments(world.after(), () => program)
  await lake.expectChanges(() => program)
})
