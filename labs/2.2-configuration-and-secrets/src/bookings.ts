/** Bookings in PostgreSQL. Given. */
import pg from 'pg'
import { log } from './log.ts'
import type { Settings } from './settings.ts'

export interface Booking {
  id: number
  shipment: string
}

/** The table of bookings, made when it is first used. Every method rejects with the driver's error when the database does not answer. */
export class Bookings {
  private readonly pool: pg.Pool
  private ready: Promise<unknown> | undefined

  constructor(database: Settings['database']) {
    this.pool = new pg.Pool({ ...database, max: 4, connectionTimeoutMillis: 3000 })
    this.pool.on('error', error => log('warn', 'connection', { message: error.message }))
  }

  async ping(): Promise<void> {
    await this.query('SELECT 1')
  }

  async add(shipment: string): Promise<Booking> {
    const [row] = await this.query('INSERT INTO bookings (shipment) VALUES ($1) RETURNING id, shipment', [shipment])
    return row as Booking
  }

  async all(): Promise<Booking[]> {
    return (await this.query('SELECT id, shipment FROM bookings ORDER BY id')) as Booking[]
  }

  end(): Promise<void> {
    return this.pool.end()
  }

  private async query(text: string, values: unknown[] = []): Promise<unknown[]> {
    this.ready ??= this.pool.query('CREATE TABLE IF NOT EXISTS bookings (id serial PRIMARY KEY, shipment text NOT NULL)')
    await this.ready.catch(error => {
      this.ready = undefined
      throw error
    })
    return (await this.pool.query(text, values)).rows
  }
}
