import { did, eventually, inconclusive, kpi } from '../../kpi/index.ts'
import { Lake } from './support/lake.ts'
import { World } from './support/world.ts'

const KILLS = 6

kpi('killed-at-random', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random, timeline }) => {
  const lake = await Lake.open(
    { learner, kafka, registry, objectStore, scratch, cleanup },
    { partitions: 2, maxRecords: 25, compactEvery: 5 },
  )
  const world = new World(random, 100)
  world.live(500)
  await lake.send(world.history)
  did(
    `I sent 600 events on two partitions, 25 a batch, and killed the processor (kill -9) ${KILLS} times at random moments while it wrote.`,
  )

  let program = await lake.start()
  let effective = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const began = await lake.changes.newest()
    const more = random.int(1, 3)
    const due = performance.now() + random.int(0, 120)
    const moment = async () => !program.running || ((await lake.changes.newest()) >= began + more && performance.now() >= due)
    const came = await eventually('new versions of changes', moment, { within: 15_000, every: 7 }).catch(() => false)
    if (came && program.running) effective++
    program = await program.restart()
    timeline.mark('killed and started again')
  }

  await lake.expectChanges(() => program, 60_000)
  await lake.expectShipments(world.after(), () => program, 60_000)
  if (effective < 3) inconclusive(`Only ${effective} of ${KILLS} kills came while it wrote.`)
})
