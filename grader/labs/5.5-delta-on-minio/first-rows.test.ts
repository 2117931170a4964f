import { did, expect, kpi } from '../../kpi/index.ts'
import { Lake } from './support/lake.ts'
import { World } from './support/world.ts'

const TYPES: Record<string, string> = {
  ...{ shipment_id: 'string', customer: 'string', vehicle_id: 'string', status: 'string', note: 'string', weight_kg: 'decimal(10,1)' },
  ...{ parcels: 'integer', priority: 'boolean', due_on: 'date', booked_at: 'timestamp', delivered_at: 'timestamp', lsn: 'long' },
}
const CHANGES: Record<string, string> = { kafka_partition: 'integer', kafka_offset: 'long', op: 'string', lsn: 'long', changed_at: 'timestamp', changed_on: 'date' } // biome-ignore format: one line

kpi('first-rows', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup })
  const world = new World(random, 60)
  await lake.send(world.history)
  did('I sent a snapshot of 60 shipments, and read both tables with a reader that shares no line with your library.')

  const program = await lake.start()

  await lake.expectChanges(() => program)
  for (const [log, types, name] of [
    [lake.shipments, TYPES, 'shipments'],
    [lake.changes, CHANGES, 'changes'],
  ] as const) {
    const have = (await log.at(await log.newest())).types
    for (const [column, type] of Object.entries(types)) expect(have.get(column) ?? 'no such column', `type of ${name}.${column}`).toBe(type)
  }
  await lake.expectShipments(world.after(), () => program)
})
