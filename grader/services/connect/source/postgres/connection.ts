import pg from 'pg'
import type { Settings } from '../../config/definition.ts'

/** Texts of values are the same wherever they come from: snapshot, stream or catalog. */
const SESSION = '-c datestyle=ISO -c timezone=UTC -c intervalstyle=postgres -c extra_float_digits=3 -c bytea_output=hex'

/** A connection to the captured database; values arrive as PostgreSQL's text. */
export async function connectSource(settings: Settings, more: object = {}): Promise<pg.Client> {
  const client = new pg.Client({
    host: settings.text('database.hostname'),
    port: settings.number('database.port'),
    user: settings.text('database.user'),
    password: settings.text('database.password'),
    database: settings.text('database.dbname'),
    application_name: 'Debezium Streaming',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    options: SESSION,
    types: { getTypeParser: () => (text: string) => text },
    ...more,
  })
  client.on('error', () => {}) // What is asked next says so; a stream has its own listener.
  await client.connect()
  return client
}

/** A connection for replication commands. */
export const connectReplication = (settings: Settings): Promise<pg.Client> =>
  connectSource(settings, { replication: 'database', application_name: `Debezium ${settings.text('slot.name')}` })

/** Quoted, for SQL. */
export const quoted = (...names: string[]): string => names.map(name => pg.escapeIdentifier(name)).join('.')

/** A text as an SQL literal. */
export const literal = (text: string): string => pg.escapeLiteral(text)
