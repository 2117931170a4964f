import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { Lake } from './support/lake.ts'
import { World } from './support/world.ts'

kpi('partitions', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup })
  const world = new World(random, 50)
  world.live(60)
  await lake.send(world.history)
  did('I sent a snapshot of 50 shipments and 60 changes.')

  const program = await lake.start()

  await lake.expectShipments(world.after(), () => program)
  await lake.expectChanges(() => program)
  for (const [log, name, column] of [
    [lake.shipments, 'shipments', 'cargo'],
    [lake.changes, 'changes', 'changed_on'],
  ] as const) {
    const { partitionColumns, files } = await log.at(await log.newest())
    expect(partitionColumns, `partition columns of ${name}`).toEqual([column])
    const other = [...files.values()].find(({ path, partitionValues }) => !decodeURIComponent(path).startsWith(`${column}=${partitionValues[column]}/`)) // biome-ignore format: one line
    if (other) fail({ subject: `a data file of ${name}`, expected: `below ${column}=${other.partitionValues[column]}/`, saw: other.path.replace(/[0-9a-f-]{36}/, '…') }) // biome-ignore format: one line
  }
})
