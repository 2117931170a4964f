/** Reads a table: node src/read.ts TABLE [--version N] [--where COLUMN=VALUE] [--count COLUMN | --history]. One JSON object a line. */
import { parseArgs } from 'node:util'
import { readStoreConfig } from './config.ts'
import { DeltaTable, type Row, scan } from './delta/index.ts'
import { lakeOf } from './lake.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: 'string' },
    where: { type: 'string' },
    count: { type: 'string' },
    history: { type: 'boolean', default: false },
  },
})
const table = await DeltaTable.open(lakeOf(readStoreConfig(process.env))(positionals[0] ?? 'shipments'))
if (values.history) {
  for (const { version, commitInfo } of await table.history()) print({ version, operation: commitInfo.operation })
} else {
  const snapshot = values.version === undefined ? await table.latest() : await table.at({ version: Number(values.version) })
  const [column = '', value] = values.where?.split('=') ?? []
  const counts = new Map<unknown, number>()
  for await (const row of scan(snapshot)) {
    if (column !== '' && String(row[column]) !== value) continue
    if (values.count === undefined) print(row)
    else counts.set(row[values.count], (counts.get(row[values.count]) ?? 0) + 1)
  }
  for (const [value, rows] of counts) print({ [values.count!]: value, rows })
}

function print(row: Row | Record<string, unknown>): void {
  console.log(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value)))
}
