/** The marked rows of a smoke run: a shipment, and three readings of a test truck, the second of which is 4 °C warmer than the first. */
import { randomBytes, randomUUID } from 'node:crypto'
import type pg from 'pg'
import { TEST_TRUCKS, testTruck } from '../lay.ts'

export interface Marker {
  /** In the shipment, as its customer. */
  name: string
  vehicleId: string
  shipmentId: string
  /** Of the first reading; also the second, since 1970, around which the readings lie. */
  seq: number
  /** Event time of the warm reading, milliseconds since 1970: when the alert is due. */
  dueAt: number
}

/** Readings of one run. */
export const READINGS = 3
/** Event times in seconds around the run's own: the last one lets the watermark pass the second. */
const AT = [-2, -1, 2] as const

/** Seconds between two runs at least: no reading of one is before the last of the other. */
const APART = AT[2] - AT[0] + 1

/** The next test truck, and what its rows will be. All others have their turn before the same one has it again: rules have a hold-off. */
export async function newMarker(client: pg.ClientBase): Promise<Marker> {
  const name = `SMOKE-${randomBytes(3).toString('hex')}`
  const { rows } = await client.query<{ n: number; base: number }>(
    `INSERT INTO smoke_runs (marker, base)
     SELECT $1, GREATEST(extract(epoch FROM now())::int, COALESCE(max(base), 0) + $2) FROM smoke_runs RETURNING n, base`,
    [name, APART],
  )
  const { n, base } = rows[0]!
  return { name, vehicleId: testTruck((n % TEST_TRUCKS) + 1), shipmentId: randomUUID(), seq: base, dueAt: (base + AT[1]) * 1000 }
}

/**
 * Writes the marked rows in one transaction.
 * @returns the moment (performance.now) at which COMMIT was sent
 */
export async function insertMarked(client: pg.ClientBase, { name, vehicleId, shipmentId, seq }: Marker): Promise<number> {
  await client.query('BEGIN')
  const { rows } = await client.query('SELECT * FROM shipments WHERE vehicle_id IS NOT NULL ORDER BY shipment_id LIMIT 1')
  await insert(client, 'shipments', { ...rows[0], shipment_id: shipmentId, customer: name })
  for (const [i, after] of AT.entries())
    await insert(client, 'readings', {
      vehicle_id: vehicleId,
      seq: seq + i,
      event_time: new Date((seq + after) * 1000).toISOString().slice(0, -1),
      latitude: 60.39299,
      longitude: 5.32415,
      speed_kmh: 0,
      front_c: i === 1 ? 9 : 5,
      front_open: false,
    })
  const sent = performance.now()
  await client.query('COMMIT')
  return sent
}

async function insert(client: pg.ClientBase, table: string, row: Record<string, unknown>): Promise<void> {
  const columns = Object.keys(row)
  const names = columns.map(column => `"${column}"`).join(', ')
  const places = columns.map((_, i) => `$${i + 1}`).join(', ')
  await client.query(`INSERT INTO ${table} (${names}) VALUES (${places})`, Object.values(row))
}

/** Takes the marked shipment out again. Readings and alerts stay: they have happened, if only to a test truck. */
export async function deleteMarked(client: pg.ClientBase, { shipmentId }: Marker): Promise<number> {
  const sent = performance.now()
  await client.query('DELETE FROM shipments WHERE shipment_id = $1', [shipmentId])
  return sent
}
