import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import type { DeltaLog } from './support/delta-log.ts'
import { compare, Lake } from './support/lake.ts'
import { World } from './support/world.ts'

/** The newest version that only puts files together, and what it did. */
async function compactionOf(log: DeltaLog): Promise<{ version: number; added: number; removed: number } | undefined> {
  for (let version = await log.newest(); version > 0; version--) {
    const actions = await log.commit(version)
    const files = actions.flatMap(({ add, remove }) => add ?? remove ?? [])
    if (files.length === 0 || files.some(({ dataChange }) => dataChange)) continue
    return { version, added: actions.filter(({ add }) => add).length, removed: actions.filter(({ remove }) => remove).length }
  }
  return undefined
}

kpi('compaction', async ({ learner, kafka, registry, objectStore, scratch, cleanup, random }) => {
  const lake = await Lake.open({ learner, kafka, registry, objectStore, scratch, cleanup }, { maxRecords: 20, compactEvery: 8 })
  const world = new World(random, 60)
  while (world.history.length < 120) world.update()
  // Insertions touch no file that is there: each batch of them adds files, so that there is something to put together.
  while (world.history.length < 160) world.insert()
  await lake.send(world.history)
  did('I sent 160 changes, 20 a batch; with COMPACT_EVERY=8 the files are put together after the last of these eight batches.')

  const program = await lake.start()
  await lake.expectShipments(world.after(), () => program)
  await lake.expectChanges(() => program)

  for (const [log, name] of [
    [lake.changes, 'changes'],
    [lake.shipments, 'shipments'],
  ] as const) {
    const done = await eventually(`a version of ${name} that puts files together and changes no row (dataChange false)`, () => compactionOf(log), { within: 5000 }) // biome-ignore format: one line
    if (done.added >= done.removed) fail({ subject: `files of ${name} that the compaction took away, and put in their place`, expected: 'fewer than before', saw: `~${done.removed} → ~${done.added}` }) // biome-ignore format: one line
    const { files } = await log.at(await log.newest())
    const partitions = new Set([...files.values()].map(({ partitionValues }) => JSON.stringify(partitionValues)))
    expect(files.size, `data files of ${name} after it: one for each partition`).toBe(partitions.size)
    const before = await log.rows(done.version - 1)
    const order = (rows: unknown[]) => rows.map(row => JSON.stringify(row)).sort()
    expect(order(await log.rows(done.version)), `rows of ${name} after the compaction`).toEqual(order(before))
  }
  compare(await lake.shipments.rows(await lake.shipments.newest()), world.after(), 'shipments after the compaction')
})
