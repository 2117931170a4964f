/** The five business events. Each runs in its caller's transaction, which holds the vehicle's row. */
import type { PoolClient } from 'pg'
import type { SimulateConfig } from '../config.ts'
import type { BusinessReport } from './business.ts'
import { draw } from './draw.ts'
import type { Vehicle } from './vehicles.ts'

interface Situation {
  place: string
  trip_id: string | null
  readings: number
  seq: number
  /** Latest time of anything that happened to this vehicle, as PostgreSQL writes it (microseconds). */
  last: string
  /** How much has happened: what is drawn depends on it, and not on who draws. */
  steps: number
}

const SITUATION = `
  SELECT place_of($1) AS place, t.trip_id, (SELECT count(*)::int FROM trip_readings WHERE trip_id = t.trip_id) AS readings, coalesce(a.seq, 0) AS seq, e.steps::int + coalesce(a.seq, 0) AS steps,
         greatest(t.departed_at, p.last, a.last, e.last)::text AS last
  FROM (SELECT max(greatest(departed_at, arrived_at)) AS last FROM trips WHERE vehicle_id = $1) p
  CROSS JOIN (SELECT max(seq) AS seq, max(event_time) AS last FROM trip_readings WHERE vehicle_id = $1) a
  CROSS JOIN (SELECT count(*) AS steps, max(at) AS last FROM shipment_events JOIN shipments USING (shipment_id) WHERE vehicle_id = $1) e
  LEFT JOIN trips t ON t.vehicle_id = $1 AND t.arrived_at IS NULL`

/** Does the next thing that this vehicle can do, and says what it was. */
export async function nextEvent(client: PoolClient, vehicle: Vehicle, config: SimulateConfig): Promise<keyof BusinessReport | undefined> {
  const id = vehicle.vehicle_id
  const now = (await client.query<Situation>(SITUATION, [id])).rows[0]!
  const random = draw(config.seed, `${id}/${now.steps}/${now.place}`)
  /** Some minutes after the last thing that happened. */
  const later = `($2::timestamptz + interval '1 second' * $3)`
  const time = [id, now.last, 60 + Math.floor(random() * 1200)]

  if (now.trip_id !== null) {
    if (now.readings < config.readingsPerTrip) {
      const celsius = (min: string | null, max: string | null) =>
        min === null || max === null ? null : (Number(min) + random() * (Number(max) - Number(min))).toFixed(2)
      const values = [
        now.seq + 1,
        now.trip_id,
        celsius(vehicle.front_min_c, vehicle.front_max_c),
        celsius(vehicle.rear_min_c, vehicle.rear_max_c),
      ]
      await client.query(
        `INSERT INTO trip_readings (vehicle_id, seq, trip_id, event_time, front_c, rear_c) VALUES ($1, $4, $5, ${later}, $6, $7)`,
        [...time, ...values],
      )
      return 'reading'
    }
    const ended = await client.query(
      `UPDATE trips SET arrived_at = ${later} WHERE vehicle_id = $1 AND arrived_at IS NULL RETURNING arrived_at::text`,
      time,
    )
    await client.query(
      `UPDATE shipments SET status = 'arrived', arrived_at = $2::timestamptz WHERE vehicle_id = $1 AND status = 'in_transit'`,
      [id, ended.rows[0].arrived_at],
    )
    return 'arrive'
  }

  const moved = await client.query(
    `UPDATE shipments SET status = 'delivered', delivered_at = ${later}
     WHERE shipment_id = (SELECT shipment_id FROM shipments WHERE vehicle_id = $1 AND status = 'arrived' ORDER BY shipment_id LIMIT 1)`,
    time,
  )
  if (moved.rowCount! > 0) return 'deliver'

  const loaded = await client.query(
    `UPDATE shipments SET status = 'loaded', loaded_at = ${later} WHERE shipment_id = (
       SELECT b.shipment_id FROM shipments b WHERE b.vehicle_id = $1 AND b.status = 'booked' AND b.origin_depot_id = $4
         AND b.weight_kg + (SELECT coalesce(sum(weight_kg), 0) FROM shipments WHERE vehicle_id = $1 AND status = 'loaded') <= $5
         AND NOT EXISTS (SELECT FROM shipments WHERE vehicle_id = $1 AND status = 'loaded' AND destination_depot_id <> b.destination_depot_id)
       ORDER BY b.booked_at, b.shipment_id LIMIT 1)`,
    [...time, now.place, vehicle.payload_kg],
  )
  if (loaded.rowCount! > 0) return 'load'
  return depart(client, vehicle, now, later, time)
}

/** Departs with what is loaded, or empty to where the next shipment waits. */
async function depart(client: PoolClient, vehicle: Vehicle, now: Situation, later: string, time: unknown[]): Promise<'depart' | undefined> {
  const trip = await client.query(
    `INSERT INTO trips (vehicle_id, origin_depot_id, destination_depot_id, departed_at)
     SELECT $1, $4, CASE status WHEN 'loaded' THEN destination_depot_id ELSE origin_depot_id END, ${later} FROM shipments
     WHERE vehicle_id = $1 AND status = 'loaded' AND weight_kg <= $5
     ORDER BY status = 'loaded' DESC, booked_at, shipment_id LIMIT 1 RETURNING departed_at::text`,
    [...time, now.place, vehicle.payload_kg],
  )
  if (trip.rowCount === 0) return
  await client.query(
    `UPDATE shipments SET status = 'in_transit', departed_at = $2::timestamptz WHERE vehicle_id = $1 AND status = 'loaded'`,
    [vehicle.vehicle_id, trip.rows[0].departed_at],
  )
  return 'depart'
}
