/** Other writers on the same database, while the learner's programs work: some do business, some get in the way, some break rules. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import type { KpiFixtures, Random } from '../../../kpi/types.ts'
import { connect } from './business.ts'

type Postgres = KpiFixtures['postgres']

const SHIPMENT = (status: string) =>
  `(SELECT shipment_id FROM shipments WHERE status = '${status}' AND vehicle_id IS NOT NULL ORDER BY random() LIMIT 1)`

/** One transaction each; whatever they throw is theirs to bear. */
const WRITERS: Record<string, (random: Random) => string[]> = {
  'a dispatcher delivers': () => [
    `UPDATE shipments SET status = 'delivered', delivered_at = arrived_at + interval '1 minute' WHERE shipment_id = ${SHIPMENT('arrived')}`,
  ],
  'a dispatcher loads': () => [
    `UPDATE shipments SET status = 'loaded', loaded_at = booked_at + interval '30 days' WHERE shipment_id = ${SHIPMENT('booked')}`,
  ],
  // While it sleeps, whoever holds the vehicle comes to wait for the shipment; then it asks for the vehicle.
  'a clerk locks a shipment, then its vehicle': () => [
    `SELECT set_config('clerk.vehicle', vehicle_id, true) FROM shipments WHERE shipment_id = ${SHIPMENT('booked')} FOR UPDATE`,
    `SELECT pg_sleep(0.3)`,
    `SELECT FROM vehicles WHERE vehicle_id = current_setting('clerk.vehicle', true) FOR UPDATE`,
  ],
  'a script skips states': random => [
    `UPDATE shipments SET status = '${random.pick(['delivered', 'arrived'])}', loaded_at = now(), departed_at = now() + interval '1 s', arrived_at = now() + interval '2 s', delivered_at = now() + interval '3 s' WHERE shipment_id = ${SHIPMENT('booked')}`,
  ],
  'a script sends a vehicle off twice': () => [
    `INSERT INTO trips (vehicle_id, origin_depot_id, destination_depot_id, departed_at) SELECT vehicle_id, destination_depot_id, origin_depot_id, departed_at + interval '1 s' FROM trips WHERE arrived_at IS NULL ORDER BY random() LIMIT 1`,
  ],
}

async function attempt(client: Client, statements: string[]): Promise<boolean> {
  try {
    await client.query('BEGIN')
    for (const sql of statements) await client.query(sql)
    await client.query('COMMIT')
    return true
  } catch {
    await client.query('ROLLBACK').catch(() => {})
    return false
  }
}

/** Runs every kind of writer over and over until `signal` aborts. Returns how often each was done and how often it was refused. */
export async function hostileWriters(postgres: Postgres, random: Random, signal: AbortSignal): Promise<Record<string, [number, number]>> {
  const counts: Record<string, [number, number]> = {}
  await Promise.all(
    Object.entries(WRITERS).map(async ([name, statements]) => {
      const own = random.fork(name)
      const client = await connect(postgres)
      const count: [number, number] = (counts[name] = [0, 0])
      while (!signal.aborted) {
        count[(await attempt(client, statements(own))) ? 0 : 1]++
        await pause(own.int(2, 25))
      }
      await client.end()
    }),
  )
  return counts
}

/** Ends one of the simulator's connections now and then, as an administrator would. Returns how many. */
export async function cutConnections({ admin, user }: Postgres, random: Random, times: number, signal: AbortSignal): Promise<number> {
  let cut = 0
  for (let i = 0; i < times && !signal.aborted; i++) {
    await pause(random.int(80, 250))
    const { rowCount } = await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 AND application_name <> 'dispatcher' AND xact_start IS NOT NULL ORDER BY random() LIMIT 1`,
      [user],
    )
    cut += rowCount ?? 0
  }
  return cut
}
