/**
 * The partner API: what a carrier's script may ask. The limiter (lab 6.2) is asked first, over HTTP, and its refusal is passed on as it is.
 * env: LIMITER_URL, DATABASE_URL (a role that only reads), PORT · GET /shipments/:id with X-Api-Key, GET /health
 */
import pg from 'pg'
import { need, say } from './environment.ts'
import { type Answer, serve } from './http.ts'

const limiter = need('LIMITER_URL')
const pool = new pg.Pool({ connectionString: need('DATABASE_URL'), max: 4, connectionTimeoutMillis: 3_000 })
pool.on('error', () => {}) // An idle connection broke; the next query opens another.

/** Fields that tell the partner where it stands. */
const PASSED = ['ratelimit', 'ratelimit-policy', 'retry-after']

async function decision(key: string): Promise<{ allowed: boolean; answer: Answer }> {
  const asked = await fetch(`${limiter}/quotes?count=1`, { headers: { 'x-api-key': key }, signal: AbortSignal.timeout(3_000) })
  const headers = Object.fromEntries(PASSED.flatMap(name => (asked.headers.has(name) ? [[name, asked.headers.get(name)!]] : [])))
  return { allowed: asked.ok, answer: { status: asked.status, body: await asked.json(), headers } }
}

serve(async (request, url) => {
  if (url.pathname === '/health') return { status: 200, body: { database: (await pool.query('SELECT 1')).rowCount === 1 } }
  const id = /^\/shipments\/([0-9a-f-]{36})$/.exec(url.pathname)?.[1]
  if (id === undefined) return undefined
  const { allowed, answer } = await decision(String(request.headers['x-api-key'] ?? ''))
  if (!allowed) return answer
  const { rows } = await pool.query('SELECT shipment_id, status, cargo, vehicle_id, due_on FROM shipments WHERE shipment_id = $1', [id])
  return { ...answer, status: rows[0] ? 200 : 404, body: rows[0] ?? { error: 'no such shipment' } }
})
say('ready')
