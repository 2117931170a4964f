/** A folder of CSV files into tables, all in one transaction: whoever looks sees a delivery whole or not at all, and so does a crash. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { LoadConfig } from './config.ts'
import { type CsvFile, openCsv } from './csv/file.ts'
import { type ExistingTable, existingTables } from './db/catalog.ts'
import { loadTable } from './db/load-table.ts'
import { provenReferences, storedKeys } from './db/parent-keys.ts'
import { makeRejected, REJECTED } from './db/rejected.ts'
import type { KeySet } from './infer/key-set.ts'
import { inOrder, keyOf, planTable, suggestReferences, type TablePlan } from './infer/plan.ts'
import { scan } from './infer/scan.ts'
import { type LoadReport, UnusableInput } from './types.ts'

/**
 * Loads every *.csv file of `config.csvDir` in one transaction and says what became of the rows.
 * @throws UnusableInput (src/types.ts) when nothing can be loaded: no file, a broken header, other columns than the table has
 */
export async function loadFolder(config: LoadConfig): Promise<LoadReport> {
  const files = await openFolder(config.csvDir)
  const client = new pg.Client({ connectionString: config.databaseUrl, connectionTimeoutMillis: 10_000, application_name: 'load' })
  client.on('error', () => {}) // The query under way rejects as well.
  await client.connect()
  try {
    await client.query('BEGIN')
    const report = await loadAll(client, files)
    await client.query('COMMIT')
    return report
  } finally {
    await client.end() // Without COMMIT the server rolls back.
  }
}

async function openFolder(dir: string): Promise<CsvFile[]> {
  const names = (await readdir(dir)).filter(name => name.endsWith('.csv')).sort()
  if (names.length === 0) throw new UnusableInput(`${dir} holds no .csv file`)
  for (const name of names) {
    const table = name.slice(0, -4)
    if (table === REJECTED) throw new UnusableInput(`${name}: the table ${REJECTED} is the loader's own`)
    if (table === '' || Buffer.byteLength(table) > 63) throw new UnusableInput(`${name}: a table's name has 1 to 63 bytes`)
  }
  return Promise.all(names.map(name => openCsv(join(dir, name), name.slice(0, -4))))
}

async function loadAll(client: pg.Client, files: readonly CsvFile[]): Promise<LoadReport> {
  await makeRejected(client)
  const existing = await existingTables(client)
  const plans: TablePlan[] = []
  for (const file of files) {
    const table = existing.get(file.table)
    if (table) checkColumns(file, table)
    plans.push(planTable(file, await scan(file, table && keyOf(table, file)), table))
  }
  for (const plan of plans) plan.references = plan.existing ? referencesOf(plan.file, plan.existing) : suggestReferences(plan, plans)

  const parents = new Map<string, KeySet>()
  const report: LoadReport = { tables: {} }
  for (const plan of inOrder(plans)) {
    for (const { table, key } of plan.references) if (!parents.has(table)) parents.set(table, await storedKeys(client, table, key))
    if (!plan.existing) plan.references = await provenReferences(plan, parents)
    const { report: loaded, keys } = await loadTable(client, plan, parents)
    report.tables[plan.file.table] = loaded
    if (!plan.existing && plan.key !== undefined && isReferred(plan, plans)) parents.set(plan.file.table, keys)
  }
  return report
}

const isReferred = (plan: TablePlan, plans: readonly TablePlan[]): boolean =>
  plans.some(other => other.references.some(reference => reference.table === plan.file.table))

function referencesOf(file: CsvFile, table: ExistingTable) {
  return table.references.map(reference => ({ ...reference, column: file.columns.indexOf(reference.column) }))
}

function checkColumns(file: CsvFile, table: ExistingTable): void {
  const have = [...table.columns.keys()].filter(name => name !== '_row')
  const missing = have.filter(name => !file.columns.includes(name))
  const extra = file.columns.filter(name => !have.includes(name))
  if (missing.length + extra.length === 0) return
  const what = [...missing.map(name => `lacks "${name}"`), ...extra.map(name => `has "${name}"`)].join(', ')
  throw new UnusableInput(`${file.table}.csv has other columns than the table: it ${what}`)
}
