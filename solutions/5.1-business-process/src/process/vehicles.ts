/** Which vehicle to do something with: locked, so that nobody else does. */
import type { PoolClient } from 'pg'

export interface Vehicle {
  vehicle_id: string
  payload_kg: number
  front_min_c: string
  front_max_c: string
  rear_min_c: string | null
  rear_max_c: string | null
}

/** A vehicle has something to do when it is under way or has a shipment that is not delivered (and that it can carry). */
const BUSY = `
  SELECT v.vehicle_id, v.payload_kg, v.front_min_c, v.front_max_c, v.rear_min_c, v.rear_max_c FROM vehicles v
  WHERE EXISTS (SELECT FROM trips t WHERE t.vehicle_id = v.vehicle_id AND t.arrived_at IS NULL)
     OR EXISTS (SELECT FROM shipments s WHERE s.vehicle_id = v.vehicle_id AND s.status <> 'delivered' AND s.weight_kg <= v.payload_kg)
  ORDER BY v.vehicle_id LIMIT 1 FOR NO KEY UPDATE OF v`

/**
 * Locks a vehicle with something to do: one that nobody holds, else the first to be let go; undefined when there is none.
 * FOR NO KEY UPDATE and not FOR UPDATE: the foreign keys of others' inserts need the row's key.
 */
export async function takeVehicle(client: PoolClient): Promise<Vehicle | undefined> {
  const free = await client.query<Vehicle>(`${BUSY} SKIP LOCKED`)
  return free.rows[0] ?? (await client.query<Vehicle>(BUSY)).rows[0]
}
