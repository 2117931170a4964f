/** From values to rows: one statement a batch, each key once. */
import { readFileSync } from 'node:fs'
import type pg from 'pg'
import type { Alert, Reading } from './types.ts'

const statement = (name: string): string => readFileSync(new URL(`../sql/${name}.sql`, import.meta.url), 'utf8')
const UPSERT_READINGS = statement('upsert-readings')
const UPSERT_ALERTS = statement('upsert-alerts')

const time = (millis: number): string => new Date(millis).toISOString()

/** PostgreSQL refuses a statement that would change a row twice: of a key that is there more than once, the last value counts. */
function lastOfEach<T>(values: readonly T[], key: (value: T) => string): T[] {
  return [...new Map(values.map(value => [key(value), value])).values()]
}

/** Writes readings; those that are there already are replaced. */
export async function writeReadings(pool: pg.Pool, values: readonly Reading[]): Promise<void> {
  const rows = lastOfEach(values, ({ vehicle_id, seq }) => `${vehicle_id}/${seq}`)
  const json = rows.map(row => ({
    ...row,
    rear_c: row.rear_c ?? 0,
    rear_open: row.rear_open ?? false,
    event_time: time(row.event_time),
    ingest_time: time(row.ingest_time),
  }))
  await pool.query(UPSERT_READINGS, [JSON.stringify(json)])
}

/** Writes alerts; those that are there already are replaced. */
export async function writeAlerts(pool: pg.Pool, values: readonly Alert[]): Promise<void> {
  const rows = lastOfEach(values, ({ id }) => id)
  const json = rows.map(row => ({ ...row, due_at: time(row.due_at), since: time(row.since) }))
  await pool.query(UPSERT_ALERTS, [JSON.stringify(json)])
}
