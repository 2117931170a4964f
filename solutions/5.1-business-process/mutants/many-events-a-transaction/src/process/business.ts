/** Workers that keep Fjordline's trucks rolling, beside any number of other writers. */
import { readFile } from 'node:fs/promises'
import pg from 'pg'
import type { SimulateConfig } from '../config.ts'
import { nextEvent } from './events.ts'
import { takeVehicle } from './vehicles.ts'

/** How many business events this process committed, by kind. */
export type BusinessReport = Record<'load' | 'depart' | 'reading' | 'arrive' | 'deliver', number>

/** Any number: the same in all simulators, so that one of them makes the schema. */
const SETUP = 5_100_002
/** Times in a row that a worker may lose its connection. */
const LOST = 20

/** Serialization failure, deadlock, lock not available: nothing has happened, the transaction may be tried again. */
const AGAIN = new Set(['40001', '40P01', '55P03'])

/**
 * Makes the tables and rules of the process (once, whoever comes first), then lets `config.workers` workers do one business event after
 * another, each in a transaction of its own, until no vehicle has anything left to do or `config.events` are done.
 */
export async function runBusiness(config: SimulateConfig): Promise<BusinessReport> {
  const pool = new pg.Pool({ connectionString: config.databaseUrl, max: config.workers, application_name: 'simulate' })
  pool.on('error', () => {}) // An idle connection was ended; the next one is made when it is needed.
  const report: BusinessReport = { load: 0, depart: 0, reading: 0, arrive: 0, deliver: 0 }
  const budget = { left: config.events ?? Number.POSITIVE_INFINITY }
  try {
    await persist(() => transaction(pool, setUp))
    await Promise.all(Array.from({ length: config.workers }, () => work(pool, config, budget, report)))
    return report
  } finally {
    await pool.end()
  }
}

async function setUp(client: pg.PoolClient): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [SETUP])
  const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('trips') IS NOT NULL AS there`)
  if (!rows[0]!.there) await client.query(await readFile(new URL('./schema.sql', import.meta.url), 'utf8'))
}

async function work(pool: pg.Pool, config: SimulateConfig, budget: { left: number }, report: BusinessReport): Promise<void> {
  while (budget.left > 0) {
    budget.left-- // Before the transaction: two workers must not both take the last one.
    const done = await persist(() =>
      transaction(pool, async client => {
        const vehicle = await takeVehicle(client)
        if (!vehicle) return
        let kind = await nextEvent(client, vehicle, config)
        for (let i = 1; kind && i < 5; i++) kind = (await nextEvent(client, vehicle, config)) ?? kind // Fewer commits.
        return { kind }
      }),
    )
    if (!done) return
    if (done.kind) report[done.kind]++
    else budget.left++ // Whoever held the vehicle before has done what there was to do.
  }
}

/** Runs a transaction again when nothing of it has happened for a reason that will pass. Throws what it throws otherwise. */
async function persist<T>(run: () => Promise<T>): Promise<T> {
  for (let lost = 0; ; ) {
    try {
      return await run()
    } catch (error) {
      if (AGAIN.has((error as pg.DatabaseError).code ?? '')) continue
      if (!isConnectionLoss(error) || ++lost > LOST) throw error
    }
  }
}

/** Runs `body` between BEGIN and COMMIT on one connection; whatever it throws, nothing of it has happened. */
async function transaction<T>(pool: pg.Pool, body: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onError = (error: Error) => (broken = error)
  client.on('error', onError)
  try {
    await client.query('BEGIN')
    const value = await body(client)
    await client.query('COMMIT')
    return value
  } catch (error) {
    if (!isConnectionLoss(error)) await client.query('ROLLBACK').catch(lost => (broken = lost as Error))
    else broken = error as Error
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

/** Ended by an administrator (57P01–57P03), or the socket is gone. A COMMIT without an answer may have happened: the next look tells. */
function isConnectionLoss(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return /^(57P0|08|ECONN|EPIPE)/.test(code ?? '') || /Connection terminated|not queryable/.test(message ?? '')
}
