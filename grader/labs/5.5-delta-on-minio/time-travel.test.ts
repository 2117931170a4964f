import { did, kpi } from '../../kpi/index.ts'
import { compare, Lake } from './support/lake.ts'
import { type ShipmentRow, World } from './support/world.ts'

kpi('time-travel', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup }, { compactEvery: 2 })
  const world = new World(random, 40)
  await lake.send(world.history)
  const program = await lake.start()
  const recorded = new Map<number, ReadonlyMap<string, ShipmentRow>>()
  for (let day = 0; day < 6; day++) {
    await lake.expectShipments(world.after(), () => program)
    recorded.set(await lake.shipments.newest(), world.after())
    const from = world.history.length
    world.live(12)
    await lake.send(world.history.slice(from))
  }
  await lake.expectShipments(world.after(), () => program)
  did('Six times I sent 12 changes and noted which version of shipments had which rows; it compacts after every second batch. Then I read all versions that I had noted.') // biome-ignore format: one line

  for (const [version, rows] of recorded) compare(await lake.shipments.rows(version), rows, `shipments at version ~${version}`)
})
