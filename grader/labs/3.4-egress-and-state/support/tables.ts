/** The learner's tables: made by the learner's own SQL with the learner's own rights, read as text that does not depend on a client. */
import pg from 'pg'
import { eventually, fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Sink } from './sinks.ts'

type Parts = Pick<KpiFixtures, 'learner' | 'postgres'>

/** Runs a file of the learner's as the learner's role. Fails with the database's words. */
export async function runSql({ learner, postgres }: Parts, path: string): Promise<void> {
  const text = await learner.read(path)
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  try {
    await client.query(text)
  } catch (error) {
    const { message, position } = error as { message: string; position?: string }
    const line = position ? `:${text.slice(0, Number(position)).split('\n').length}` : ''
    fail({ subject: path + line, expected: 'SQL that PostgreSQL runs, also a second time', saw: message })
  } finally {
    await client.end()
  }
}

/** The tables are there. */
export const makeTables = (parts: Parts): Promise<void> => runSql(parts, 'sql/tables.sql')

/** One value as text; times in UTC with milliseconds. */
const shown = (name: string, value: unknown): string => {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'number' && /(_time|due_at|since)$/.test(name)) return new Date(value).toISOString()
  return String(value)
}

/** A record or row as one line, columns in the order of their names. */
export const line = (row: object): string =>
  Object.entries(row)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${shown(name, value)}`)
    .join(' ')

/** All rows of a table or view as lines, sorted. Fails when there is no such table. */
export async function rowsOf({ postgres }: Pick<KpiFixtures, 'postgres'>, table: string): Promise<string[]> {
  const { rows } = await postgres.admin
    .query(`SELECT * FROM ${table}`)
    .catch((error: Error) => fail({ subject: `the table ${table}`, expected: 'it can be read', saw: error.message }))
  return rows.map(line).sort()
}

/** Waits until the table holds exactly these rows. Fails with the first that differ, at once when the sink has given up. */
export async function expectRows(
  parts: Pick<KpiFixtures, 'postgres'>,
  table: string,
  values: readonly object[],
  sink: Pick<Sink, 'check' | 'patience' | 'deadLetters'>,
): Promise<void> {
  const wanted = values.map(line).sort()
  const expected = `the ~${wanted.length} rows of what I sent`
  await eventually(
    `the table ${table}`,
    async () => {
      const seen = await rowsOf(parts, table)
      if (seen.length === wanted.length && seen.every((row, i) => row === wanted[i])) return true
      await sink.check()
      const [there, due] = [new Set(seen), new Set(wanted)]
      const missing = wanted.filter(row => !there.has(row))
      const others = seen.filter(row => !due.has(row))
      const saw = [
        ...(missing.length > 0 ? [`~${missing.length} missing`] : []),
        ...(others.length > 0 ? [`~${others.length} others`] : []),
      ]
      return fail({
        expected,
        saw: saw.join(', ') || 'the same row more than once',
        details: [...difference(missing[0], others), ...(await aside(sink))],
      })
    },
    { within: sink.patience, every: 50 },
  )
}

/** Whoever misses rows may find them among the dead letters. */
async function aside(sink: Pick<Sink, 'deadLetters'>): Promise<string[]> {
  const count = await sink.deadLetters()
  return count === 0 ? [] : [`~${count} messages are dead letters; their headers say why`]
}

/** The first row that is missing and, if there is one with the same key, in which columns it differs. */
function difference(missing: string | undefined, others: readonly string[]): string[] {
  if (missing === undefined) return others.slice(0, 1).map(row => `not sent: ${row}`)
  const cells = (row: string) => new Map(row.split(/ (?=\w+=)/).map(cell => cell.split(/=(.*)/s) as [string, string]))
  const due = cells(missing)
  const sameKey = (row: Map<string, string>) =>
    due.has('id') ? row.get('id') === due.get('id') : ['vehicle_id', 'seq'].every(name => row.get(name) === due.get(name))
  const near = others.map(cells).find(sameKey)
  const key = due.get('id') ?? `${due.get('vehicle_id')} ${due.get('seq')}`
  if (!near) return []
  const wrong = [...due].filter(([name, value]) => near.get(name) !== value)
  return wrong.slice(0, 3).map(([name, value]) => `${key}: ${name} is ${near.get(name) ?? 'not there'}, I sent ${value}`)
}
