import pg from 'pg'
import type { ServiceEndpoint } from '../types.ts'
import { ADMIN_DATABASE } from './template.ts'

/** A connection of the administrator to the administrator's database. */
export async function connectAdmin(endpoint: ServiceEndpoint): Promise<pg.Client> {
  const { host, port, user, password } = endpoint
  const client = new pg.Client({
    host,
    port,
    user,
    password,
    database: ADMIN_DATABASE,
    application_name: 'grader',
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => {}) // The server may be killed meanwhile; the next query says so.
  await client.connect()
  return client
}

/** Drops a database with its replication slots and connections. */
export async function dropDatabase(admin: pg.Client, name: string): Promise<void> {
  const database = admin.escapeIdentifier(name)
  // Nobody comes back while its slots and connections are ended.
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name])
  if (rowCount === 0) return
  await admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
  await admin.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1', [name])
  await admin.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = $1', [name])
  await admin.query(`DROP DATABASE ${database} WITH (FORCE)`)
}
