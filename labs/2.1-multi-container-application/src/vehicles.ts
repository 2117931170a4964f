/** Where vehicles come from: the database. Yours: the cache in front of it, and the way to both. */
import pg from 'pg'
import type { Vehicle, Vehicles } from './contract.ts'

/** Opens what vehicles are read from; nothing needs to be up yet. The password is in DB_PASSWORD. */
export function openVehicles(env: NodeJS.ProcessEnv): Vehicles {
  const pool = new pg.Pool({
    host: 'localhost',
    user: 'fjordline',
    database: 'fleet',
    password: env['DB_PASSWORD'],
    connectionTimeoutMillis: 3000,
  })
  pool.on('error', () => {})
  return {
    async find(id) {
      const { rows } = await pool.query<Vehicle>('SELECT id, plate, payload_kg FROM vehicles WHERE id = $1', [id])
      return rows[0] && { vehicle: rows[0], from: 'database' }
    },
    async change({ id, plate, payload_kg }) {
      const { rowCount } = await pool.query('UPDATE vehicles SET plate = $2, payload_kg = $3 WHERE id = $1', [id, plate, payload_kg])
      return rowCount === 1
    },
  }
}
