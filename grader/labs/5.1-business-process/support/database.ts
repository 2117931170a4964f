/** Looks at the tables that the learner's program made: through the catalog and through SQL, never through the program. */
import { escapeIdentifier, type Pool } from 'pg'
import { expect, fail } from '../../../kpi/index.ts'
import type { Table } from './files.ts'

/** Names of the tables in the schema public. */
export async function tableNames(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname COLLATE "C"`,
  )
  return rows.map(row => row.name)
}

/** Columns of a table with their types, in order. Throws KpiFailure when there is no such table. */
export async function columnTypes(pool: Pool, table: string): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [`public.${escapeIdentifier(table)}`],
  )
  if (rows.length === 0)
    fail({ subject: 'tables in the schema public', expected: `one named ${table}`, saw: (await tableNames(pool)).join(', ') || 'none' })
  return new Map(rows.map(({ name, type }) => [name, type === 'timestamp with time zone' ? 'timestamptz' : type]))
}

/** Every row of the table as text, in the order of the columns given. */
export async function storedRows(pool: Pool, table: string, columns: readonly string[]): Promise<(string | null)[][]> {
  const have = await columnTypes(pool, table)
  const missing = columns.filter(name => !have.has(name))
  if (missing.length > 0) fail({ subject: `columns of ${table}`, expected: columns.join(', '), saw: [...have.keys()].join(', ') })
  const list = columns.map(name => `${escapeIdentifier(name)}::text`).join(', ')
  const { rows } = await pool.query({ text: `SELECT ${list} FROM public.${escapeIdentifier(table)}`, rowMode: 'array' })
  return rows
}

const shown = (row: readonly (string | null)[]): string => JSON.stringify(row)

/** Holds a table's rows against what its file says, whatever their order; shows the smallest difference. */
export async function expectRows(pool: Pool, table: Table, where = table.name): Promise<void> {
  const wanted = table.rows.map(row => shown(row.map(cell => cell.stored)))
  const have = (await storedRows(pool, table.name, table.columns)).map(shown)
  expectSame(wanted, have, `rows of ${where}`, table.columns)
}

/**
 * Two bags of lines must be the same; a failure shows one line that is missing or too many. With `columns` the lines are rows as JSON, and a
 * row that differs in some values only is shown by those.
 */
export function expectSame(wanted: readonly string[], have: readonly string[], where: string, columns?: readonly string[]): void {
  const left = new Map<string, number>()
  for (const row of wanted) left.set(row, (left.get(row) ?? 0) + 1)
  const extra: string[] = []
  for (const row of have) {
    const count = left.get(row) ?? 0
    if (count === 0) extra.push(row)
    else left.set(row, count - 1)
  }
  const missing = [...left].flatMap(([row, count]) => Array<string>(count).fill(row))
  if (missing.length === 0 && extra.length === 0) return
  const counts = `${have.length} rows, ${missing.length} missing and ${extra.length} too many`
  const pair = columns && closest(missing, extra)
  if (!pair) {
    const first = missing[0] ? `, among them ${missing[0].slice(0, 300)}` : ''
    fail({
      subject: where,
      expected: `${wanted.length} rows${first}`,
      saw: `${counts}${extra[0] ? `, e.g. ${extra[0].slice(0, 300)}` : ''}`,
    })
  }
  const [good, bad] = pair.map(row => JSON.parse(row) as (string | null)[]) as [(string | null)[], (string | null)[]]
  const at = good.findIndex((value, i) => value !== bad[i])
  const whose = `${columns[0]} ${quoted(good[0]!)}`
  fail({ subject: `${where}: "${columns[at]}" where ${whose}`, expected: quoted(good[at]!), saw: `${quoted(bad[at]!)} (${counts})` })
}

const quoted = (value: string | null): string => (value === null ? 'NULL' : JSON.stringify(value).slice(0, 200))

/** A missing row and one too many that begin alike. */
function closest(missing: readonly string[], extra: readonly string[]): [string, string] | undefined {
  const byFirst = new Map(extra.map(row => [String((JSON.parse(row) as unknown[])[0]), row]))
  for (const row of missing.slice(0, 100)) {
    const near = byFirst.get(String((JSON.parse(row) as unknown[])[0]))
    if (near) return [row, near]
  }
  return
}

/** Holds the types of a table's columns against the truth. */
export async function expectTypes(pool: Pool, table: string, wanted: Record<string, string>): Promise<void> {
  const have = await columnTypes(pool, table)
  for (const [column, type] of Object.entries(wanted)) expect(have.get(column) ?? 'no such column', `type of ${table}.${column}`).toBe(type)
}

/** The columns of the primary key. */
export async function primaryKey(pool: Pool, table: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT a.attname AS name FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
     WHERE c.contype = 'p' AND c.conrelid = to_regclass($1) ORDER BY array_position(c.conkey, a.attnum)`,
    [`public.${escapeIdentifier(table)}`],
  )
  return rows.map(row => row.name)
}

/** Foreign keys as `column → table.key`, sorted. */
export async function foreignKeys(pool: Pool, table: string): Promise<string[]> {
  const { rows } = await pool.query<{ text: string }>(
    `SELECT a.attname || ' → ' || p.relname || '.' || k.attname AS text FROM pg_constraint c JOIN pg_class p ON p.oid = c.confrelid
     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
     JOIN pg_attribute k ON k.attrelid = c.confrelid AND k.attnum = c.confkey[1]
     WHERE c.contype = 'f' AND c.conrelid = to_regclass($1) AND cardinality(c.conkey) = 1 AND c.convalidated`,
    [`public.${escapeIdentifier(table)}`],
  )
  return [...new Set(rows.map(row => row.text))].sort()
}

/** Empties a schema. */
export async function clear(pool: Pool, schema: 'public' | 'reference'): Promise<void> {
  await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}; GRANT ALL ON SCHEMA ${schema} TO PUBLIC`)
}

/** Number of rows that others than their writer see. */
export async function rowCount(pool: Pool, table: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM public.${escapeIdentifier(table)}`)
  return rows[0]!.n
}
