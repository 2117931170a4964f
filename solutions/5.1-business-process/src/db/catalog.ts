/** What is in the database already, and the statements that make it. */
import type { Client } from 'pg'
import { escapeIdentifier } from 'pg'
import type { TablePlan } from '../infer/plan.ts'
import type { ColumnType } from '../types.ts'

export interface ExistingTable {
  columns: Map<string, ColumnType>
  /** Name of the key column; `_row` when the file has none. */
  key: string
  references: { column: string; table: string; key: string }[]
}

/** The tables of the current schema that loads have made, by name. */
export async function existingTables(client: Client): Promise<Map<string, ExistingTable>> {
  const { rows } = await client.query<{ table: string; column: string; type: string; key: boolean }>(`
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type,
           EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p' AND k.conkey = ARRAY[a.attnum]) AS key
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname, a.attnum`)
  const tables = new Map<string, ExistingTable>()
  for (const { table, column, type, key } of rows) {
    if (!tables.has(table)) tables.set(table, { columns: new Map(), key: '', references: [] })
    const known = tables.get(table)!
    known.columns.set(column, (type === 'timestamp with time zone' ? 'timestamptz' : type) as ColumnType)
    if (key) known.key = column
  }
  const references = await client.query<{ table: string; column: string; parent: string; key: string }>(`
    SELECT c.relname AS table, a.attname AS column, p.relname AS parent, k.attname AS key
    FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class p ON p.oid = f.confrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.conkey[1] JOIN pg_attribute k ON k.attrelid = p.oid AND k.attnum = f.confkey[1]
    WHERE f.contype = 'f' AND c.relnamespace = current_schema()::regnamespace AND cardinality(f.conkey) = 1`)
  for (const { table, column, parent, key } of references.rows) tables.get(table)?.references.push({ column, table: parent, key })
  return tables
}

/** Makes the table, or widens the columns of the one that is there. No key yet: an index is built faster when the rows are in. */
export async function prepareTable(client: Client, plan: TablePlan): Promise<void> {
  const { file, types, existing, key } = plan
  const table = escapeIdentifier(file.table)
  if (!existing) {
    const columns = file.columns.map((name, i) => `${escapeIdentifier(name)} ${types[i]}`)
    if (key === undefined) columns.unshift('_row bigint')
    await client.query(`CREATE TABLE ${table} (${columns.join(', ')})`)
    return
  }
  for (const [i, name] of file.columns.entries())
    if (existing.columns.get(name) !== types[i]) await client.query(`ALTER TABLE ${table} ALTER ${escapeIdentifier(name)} TYPE ${types[i]}`)
}

/** Adds key and references to a new table; its parents are loaded by now. */
export async function addConstraints(client: Client, plan: TablePlan): Promise<void> {
  const table = escapeIdentifier(plan.file.table)
  const key = escapeIdentifier(plan.key === undefined ? '_row' : plan.file.columns[plan.key]!)
  await client.query(`ALTER TABLE ${table} ADD PRIMARY KEY (${key})`)
  for (const reference of plan.references) {
    const column = escapeIdentifier(plan.file.columns[reference.column]!)
    await client.query(
      `ALTER TABLE ${table} ADD FOREIGN KEY (${column}) REFERENCES ${escapeIdentifier(reference.table)} (${escapeIdentifier(reference.key)})`,
    )
  }
}
