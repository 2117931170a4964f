/** Bookings in PostgreSQL, copies of them in Redis. The database decides; the cache helps to read while it is away. */
import { Redis } from 'ioredis'
import pg from 'pg'
import { type Booking, type BookingStore, type Found, OutcomeUnknown, Unavailable } from './contract.ts'
import { Dependencies } from './dependencies.ts'

/** Milliseconds for one step with a dependency; an answer takes two of them at most, and a healthy step some milliseconds. */
const STEP = 700
/** Milliseconds between looks at both, so that a failure is noticed without a request. */
const LOOK_EVERY = 1000

/** Where the dependencies are: DB_HOST and CACHE_HOST. Neither needs to be up. */
export async function openStore(env: NodeJS.ProcessEnv): Promise<BookingStore> {
  const store = new Store(env)
  await store.connect()
  store.look()
  return store
}

class Store implements BookingStore {
  private readonly dependencies = new Dependencies()
  private readonly pool: pg.Pool
  private readonly cache: Redis

  constructor(env: NodeJS.ProcessEnv) {
    const host = env['DB_HOST'] ?? 'db'
    const at = { host, user: 'fjordline', database: 'fleet', password: env['DB_PASSWORD'] }
    this.pool = new pg.Pool({ ...at, max: 8, connectionTimeoutMillis: STEP, query_timeout: STEP })
    // An error event without a listener ends the process. An idle connection: the next query tells; one that is in use: its query does.
    this.pool.on('error', () => {})
    this.pool.on('connect', client => client.on('error', () => {}))
    this.cache = new Redis({
      host: env['CACHE_HOST'] ?? 'cache',
      connectTimeout: STEP,
      commandTimeout: STEP,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      retryStrategy: () => 200,
      lazyConnect: true,
    })
    this.cache.on('error', () => {})
  }

  /** The first connection to the cache, or the first failure; further attempts follow by themselves. */
  async connect(): Promise<void> {
    await this.cache.connect().catch(() => {})
  }

  down() {
    return this.dependencies.down()
  }

  async book({ id, shipment }: Booking): Promise<void> {
    await this.keep({ id, shipment })
    let committing = false
    await this.dependencies
      .watch(
        'database',
        this.transaction(async client => {
          const { rowCount } = await client.query('INSERT INTO bookings VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, shipment])
          if (rowCount === 1) await client.query('INSERT INTO charges VALUES ($1, $2)', [id, 'one shipment'])
          committing = true
        }),
      )
      .catch((error: Error) => {
        throw committing ? new OutcomeUnknown(error.message) : new Unavailable(`the database does not answer: ${error.message}`)
      })
  }

  async find(id: string): Promise<Found | undefined> {
    try {
      const { rows } = await this.dependencies.watch(
        'database',
        this.pool.query<Booking>('SELECT id, shipment FROM bookings WHERE id = $1', [id]),
      )
      if (!rows[0]) return undefined
      await this.keep(rows[0])
      return { ...rows[0], source: 'database' }
    } catch (error) {
      const shipment = await this.dependencies.watch('cache', this.cache.get(`booking:${id}`)).catch(() => null)
      if (shipment === null) throw new Unavailable(`the database does not answer: ${(error as Error).message}`)
      return { id, shipment, source: 'cache' }
    }
  }

  /** Looks at both, again and again. */
  look(): void {
    const looks = [this.dependencies.watch('database', this.pool.query('SELECT 1')), this.dependencies.watch('cache', this.cache.ping())]
    void Promise.allSettled(looks).then(() => setTimeout(() => this.look(), LOOK_EVERY))
  }

  /** Only what is committed comes into the cache; when it cannot, the database still has it. */
  private async keep({ id, shipment }: Booking): Promise<void> {
    await this.dependencies.watch('cache', this.cache.set(`booking:${id}`, shipment)).catch(() => {})
  }

  /** BEGIN, `work`, COMMIT. After any error the connection is closed: whatever was open in it is rolled back. */
  private async transaction(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
    const client = await this.pool.connect()
    let broken = true
    try {
      await client.query('BEGIN')
      await work(client)
      await client.query('COMMIT')
      broken = false
    } finally {
      client.release(broken)
    }
  }
}
