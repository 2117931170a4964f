/** The marked rows of a smoke run: a truck, its shipment, and a minute of readings that are too warm. */
import { randomBytes, randomUUID } from 'node:crypto'
import type pg from 'pg'

export interface Marker {
  /** In the names of everything that belongs to this run. */
  name: string
  vehicleId: string
  shipmentId: string
}

/** Seconds of readings; the rule grants 60. */
const READINGS = 75

export const newMarker = (): Marker => {
  const name = `SMOKE-${randomBytes(3).toString('hex')}`
  return { name, vehicleId: name, shipmentId: randomUUID() }
}

/**
 * Writes the marked rows in one transaction.
 * @returns the moment (performance.now) at which COMMIT was sent
 */
export async function insertMarked(client: pg.ClientBase, { name, vehicleId, shipmentId }: Marker): Promise<number> {
  await client.query('BEGIN')
  const { rows } = await client.query('SELECT * FROM vehicles WHERE front_max_c IS NOT NULL ORDER BY vehicle_id LIMIT 1')
  const like = rows[0] as Record<string, unknown> & { front_max_c: string }
  await insert(client, 'vehicles', { ...like, vehicle_id: vehicleId, plate: name })
  const { rows: shipments } = await client.query('SELECT * FROM shipments WHERE vehicle_id IS NOT NULL ORDER BY shipment_id LIMIT 1')
  await insert(client, 'shipments', {
    ...shipments[0],
    shipment_id: shipmentId,
    customer: name,
    vehicle_id: vehicleId,
    compartment: 'front',
  })
  await client.query(
    `INSERT INTO readings (vehicle_id, seq, event_time, latitude, longitude, speed_kmh, front_c, front_open)
     SELECT $1, n, date_trunc('second', now()) - make_interval(secs => $2 - n), 60.39, 5.32, 0, $3::float8 + 5, false FROM generate_series(1, $2) n`,
    [vehicleId, READINGS, like.front_max_c],
  )
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

/** Takes the marked rows out again, in one transaction; its alert stays in the lake, where nothing is forgotten. */
export async function deleteMarked(client: pg.ClientBase, { vehicleId, shipmentId }: Marker): Promise<number> {
  await client.query('BEGIN')
  await client.query('DELETE FROM alerts WHERE vehicle_id = $1', [vehicleId])
  await client.query('DELETE FROM readings WHERE vehicle_id = $1', [vehicleId])
  await client.query('DELETE FROM shipments WHERE shipment_id = $1', [shipmentId])
  await client.query('DELETE FROM vehicles WHERE vehicle_id = $1', [vehicleId])
  const sent = performance.now()
  await client.query('COMMIT')
  return sent
}
