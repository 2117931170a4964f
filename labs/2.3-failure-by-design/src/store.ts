/** Bookings in PostgreSQL, copies of them in Redis. Yours: it works as long as everything works. */
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Booking, BookingStore, Found } from './contract.ts'

/** Where the dependencies are: DB_HOST and CACHE_HOST. */
export async function openStore(env: NodeJS.ProcessEnv): Promise<BookingStore> {
  const db = new pg.Client({ host: env['DB_HOST'] ?? 'db', user: 'fjordline', database: 'fleet', password: env['DB_PASSWORD'] })
  await db.connect()
  const cache = new Redis({ host: env['CACHE_HOST'] ?? 'cache' })
  return {
    async book({ id, shipment }: Booking) {
      await cache.set(`booking:${id}`, shipment)
      await db.query('INSERT INTO bookings VALUES ($1, $2)', [id, shipment])
      await db.query('INSERT INTO charges VALUES ($1, $2)', [id, 'one shipment'])
    },
    async find(id: string): Promise<Found | undefined> {
      const { rows } = await db.query('SELECT id, shipment FROM bookings WHERE id = $1', [id])
      return rows[0] && { ...rows[0], source: 'database' }
    },
    down: () => [],
  }
}
