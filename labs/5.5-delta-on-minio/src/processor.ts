import { runBatches } from './batches.ts'
import { readConfig } from './config.ts'
import { lakeOf } from './lake.ts'
import { openTables } from './tables.ts'
import { writeBatch } from './write.ts'

const config = readConfig(process.env)
const tables = await openTables(lakeOf(config))
await runBatches(config, batch => writeBatch(tables, batch, config.appId))
