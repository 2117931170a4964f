import { did, kpi } from '../../kpi/index.ts'
import { givesUp } from './support/gives-up.ts'
import { Lake } from './support/lake.ts'
import { World } from './support/world.ts'

kpi('store-away', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup })
  const world = new World(random, 30)
  await lake.send(world.history)
  let program = await lake.start()
  await lake.expectShipments(world.after(), () => program)

  await objectStore.kill()
  const from = world.history.length
  world.live(20)
  await lake.send(world.history.slice(from))
  did('I killed the object store, sent 20 changes, and waited until the processor had given up, or 15 s.')
  const gaveUp = await givesUp(program, 15_000)
  await objectStore.start()
  // Ending is allowed: whoever watches it starts it again, and the batch is repeated.
  if (gaveUp) program = await program.restart()
  did('Then the store was back, and the processor was started again if it had ended.')

  await lake.expectShipments(world.after(), () => program)
  await lake.expectChanges(() => program)
})
