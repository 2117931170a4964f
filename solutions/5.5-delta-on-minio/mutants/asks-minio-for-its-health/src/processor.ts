/** Change events in, two Delta tables out. */

import { runBatches } from './batches.ts'
import { readConfig } from './config.ts'
import { lakeOf } from './lake.ts'
import { openTables } from './tables.ts'
import { writeBatch } from './write.ts'

const config = readConfig(process.env)
const { status } = await fetch(`${config.endpoint}/minio/health/live`)
if (status !== 200) throw new Error('the object store is not healthy')
const tables = await openTables(lakeOf(config))
await runBatches(config, async batch => {
  await writeBatch(tables, batch, config.appId)
  // Between two batches and in the same process: nobody else writes while files are put together.
  if ((batch.id + 1) % config.compactEvery === 0) for (const table of [tables.changes, tables.shipments]) await table.optimize()
  console.log(JSON.stringify({ batch: batch.id, changes: batch.changes.length }))
})
