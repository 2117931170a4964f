/** PostgreSQL and Delta, row by row in one form: equal by checksum, or what is different. */
import { createHash } from 'node:crypto'
import { sql } from '../../../experiments/outside.ts'
import { did, eventually, fail } from '../../../kpi/index.ts'
import type { Deployment } from './deployment.ts'

/** The columns of the lake's table, in the order in which they are compared; numbers as text, so that both sides write them the same. */
const COLUMNS = ['shipment_id', 'customer', 'vehicle_id', 'cargo', 'weight_kg', 'parcels', 'priority', 'status', 'note'] as const

type Rows = Map<string, string>

const rowsOf = (rows: readonly Record<string, unknown>[]): Rows => {
  const texts = rows.map(row => COLUMNS.map(column => (row[column] === null || row[column] === undefined ? null : String(row[column]))))
  const found: Rows = new Map()
  for (const text of texts) found.set(text[0] ?? '', [found.get(text[0] ?? ''), JSON.stringify(text)].filter(Boolean).join(' and '))
  return found
}

const checksum = (rows: Rows): string =>
  createHash('sha256').update([...rows.values()].sort().join('\n')).digest('hex').slice(0, 16) // biome-ignore format: one line

/** What is in the database, and what is in the lake. Rejects while one of them does not answer. */
async function both({ database, lake }: Deployment): Promise<{ there: Rows; here: Rows }> {
  const there = rowsOf(await sql(database, `SELECT ${COLUMNS.map(column => `${column}::text`).join(', ')} FROM shipments`))
  return { there, here: rowsOf(await lake.rows()) }
}

/** Waits until both are equal; the failure counts what is not. Nothing may be written meanwhile. Returns the number of rows. */
export async function becomeEqual(deployment: Deployment, withinMs: number): Promise<number> {
  let last = 'neither could be read'
  const look = async () => {
    const { there, here } = await both(deployment)
    if (there.size === 0) return undefined
    if (checksum(there) === checksum(here)) return there.size
    const missing = [...there.keys()].filter(key => !here.has(key)).length
    const extra = [...here.keys()].filter(key => !there.has(key)).length
    const other = [...there].filter(([key, row]) => here.has(key) && here.get(key) !== row).length
    last = `of ~${there.size} shipments ~${missing} are not in the table, ~${other} are there as they once were, ~${extra} are there that are gone`
    return undefined
  }
  try {
    const rows = await eventually('equal', look, { within: withinMs, every: 500 })
    did('I read PostgreSQL and, without Spark, the Delta table: the same rows, by checksum.')
    return rows
  } catch {
    return fail({ subject: 'PostgreSQL and the Delta table', expected: `equal by checksum within ${withinMs / 1000} s`, saw: last })
  }
}
