/** Vehicles in PostgreSQL, copies of them in the cache. The database decides; a copy ends by itself, and with every change. */
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Vehicle, Vehicles } from './contract.ts'

/** Seconds after which a copy ends, whatever happened. */
const KEPT = 60

/** Opens what vehicles are read from; nothing needs to be up yet. The password is in DB_PASSWORD. */
export function openVehicles(env: NodeJS.ProcessEnv): Vehicles {
  // Names, not addresses: both clients ask for them anew at every connection.
  const pool = new pg.Pool({
    host: 'db',
    user: 'fjordline',
    database: 'fleet',
    password: env['DB_PASSWORD'],
    connectionTimeoutMillis: 3000,
    query_timeout: 10_000,
    keepAlive: true,
  })
  pool.on('error', () => {}) // The next query opens another connection.
  pool.on('connect', client => client.on('error', () => {}))
  const cache = new Redis({
    host: 'cache',
    connectTimeout: 1000,
    commandTimeout: 1000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: () => 200,
  })
  cache.on('error', () => {})
  const key = (id: string) => `vehicle:${id}`

  return {
    async find(id) {
      const copy = await cache.get(key(id)).catch(() => null) // Without the cache it is slower, not broken.
      if (copy) return { vehicle: JSON.parse(copy) as Vehicle, from: 'cache' }
      const { rows } = await pool.query<Vehicle>('SELECT id, plate, payload_kg FROM vehicles WHERE id = $1', [id])
      const vehicle = rows[0]
      if (!vehicle) return undefined
      await cache.set(key(id), JSON.stringify(vehicle), 'EX', KEPT).catch(() => {})
      return { vehicle, from: 'database' }
    },
    async change({ id, plate, payload_kg }) {
      await cache.del(key(id)).catch(() => {})
      const { rowCount } = await pool.query('UPDATE vehicles SET plate = $2, payload_kg = $3 WHERE id = $1', [id, plate, payload_kg])
      return rowCount === 1
    },
  }
}
