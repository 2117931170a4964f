import { did, eventually, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { Lake } from './support/lake.ts'
import { type Hold, StoreGate } from './support/store-gate.ts'
import { World } from './support/world.ts'

const commitOf = (table: string) => (method: string, path: string) =>
  method === 'PUT' && new RegExp(`/${table}/_delta_log/\\d{20}\\.json`).test(path)

/** Where it dies, in the order in which a batch passes there. */
const MOMENTS: [string, Hold][] = [
  ['with the files of changes stored and their commit on its way', { matches: commitOf('changes'), when: 'before' }],
  ['with the commit of changes done and its answer on its way', { matches: commitOf('changes'), when: 'after' }],
  ['with the files of shipments stored and their commit on its way', { matches: commitOf('shipments'), when: 'before' }],
  ['with the commit of shipments done and its answer on its way', { matches: commitOf('shipments'), when: 'after' }],
]

kpi('killed-between', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random, timeline }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup }, { maxRecords: 1000 })
  const gate = await StoreGate.open(objectStore)
  cleanup(() => gate.close())
  const world = new World(random, 40)
  await lake.send(world.history)
  let program = await lake.start(gate.url)
  await lake.expectShipments(world.after(), () => program)
  await lake.expectChanges(() => program)

  for (const [moment, hold] of MOMENTS) {
    const before = world.history.length
    const [visible, shipments] = [hold.when === 'after', await lake.shipments.newest()]
    world.live(15)
    const { reached } = gate.hold(hold)
    await lake.send(world.history.slice(before))
    did(`I sent 15 changes and killed the processor (kill -9) ${moment}.`)
    let held = false
    void reached.then(() => (held = true))
    await eventually('the processor is there', () => held || !program.running, { within: 20_000 })
    if (!held) inconclusive(`The processor ended before it came ${moment}.`)
    await program.kill()
    gate.drop()
    timeline.mark(`killed ${moment}`)
    if (!visible && (await lake.shipments.newest()) !== shipments)
      fail({
        subject: `versions of shipments after a kill ${moment}`,
        expected: 'none that is new',
        saw: 'a version that holds a part of the batch',
      })
    await lake.shipments.rows(await lake.shipments.newest())
    program = await lake.start(gate.url)
    await lake.expectChanges(() => program)
    await lake.expectShipments(world.after(), () => program)
  }
})
