import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { Lake } from './support/lake.ts'
import { World } from './support/world.ts'

kpi('redelivered', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup }, { maxRecords: 5 })
  const world = new World(random, 10)
  for (let i = 0; i < 30; i++) world.update()
  await lake.send(world.history)
  const again = world.history.slice(-random.int(18, 24))
  await lake.send(again)
  did(
    `I sent a snapshot of 10 and 30 updates, then the last ~${again.length} events again, as a connector does that was killed; five a batch.`,
  )

  const program = await lake.start()

  await lake.expectChanges(() => program)
  await lake.expectShipments(world.after(), () => program)
  const newest = await lake.shipments.newest()
  const highest = new Map<string, number>()
  for (let version = 0; version <= newest; version++)
    for (const row of await lake.shipments.rows(version)) {
      const [id, lsn] = [String(row['shipment_id']), Number(row['lsn'])]
      if (lsn < (highest.get(id) ?? 0)) fail({ subject: `shipments at version ${version}, lsn of ${id}`, expected: 'never below that of an earlier version', saw: 'the row of an event that had been replaced already' }) // biome-ignore format: one line
      highest.set(id, lsn)
    }
  expect(newest, 'versions of shipments: the first one and some batches').toBeGreaterThan(3)
})
