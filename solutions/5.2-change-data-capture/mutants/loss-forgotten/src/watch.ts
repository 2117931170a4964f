/**
 * Watches a replication slot: one line of JSON on standard output for each look.
 * DATABASE_URL, SLOT, LIMIT_BYTES and EVERY_MS say where, which, how much is too much, and how often.
 */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

type State = 'ok' | 'growing' | 'lost' | 'missing' | 'unknown'

const { DATABASE_URL = '', SLOT = '', LIMIT_BYTES = '0', EVERY_MS = '1000' } = process.env

const LOOK = `
  SELECT active, wal_status = 'lost' AS lost, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::text AS retained
  FROM pg_replication_slots WHERE slot_name = $1`

// A pool opens a new connection for each look that finds the old one broken.
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 1, connectionTimeoutMillis: 5_000, query_timeout: 5_000 })
pool.on('error', () => {})

let seen = false

async function look(): Promise<{ state: State; active: boolean; retained: number }> {
  const { rows } = await pool.query<{ active: boolean; lost: boolean; retained: string }>(LOOK, [SLOT])
  const slot = rows[0]
  const lost = slot ? slot.lost : seen
  seen ||= slot !== undefined
  const { active = false, retained = '0' } = slot ?? {}
  const state = lost ? 'lost' : !slot ? 'missing' : Number(retained) > Number(LIMIT_BYTES) ? 'growing' : 'ok'
  return { state, active, retained: Number(retained) }
}

for (;;) {
  // What cannot be seen is not known to be well.
  const said = await look().catch(() => ({ state: 'unknown' as const, active: false, retained: 0 }))
  console.log(JSON.stringify({ slot: SLOT, ...said }))
  await delay(Number(EVERY_MS))
}
