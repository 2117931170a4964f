/** Change events in, two Delta tables out. */

import { runBatches } from './batches.ts'
import { readConfig } from './config.ts'
import { lakeOf } from './lake.ts'
import { openTables } from './tables.ts'
import { writeBatch } from './write.ts'

const config = readConfig(process.env)
const tables = await openTables(lakeOf(config))
await runBatches(config, async batch => {
  await writeBatch(tables, batch, config.appId)
  console.log(JSON.stringify({ batch: batch.id, changes: batch.changes.length }))
})
