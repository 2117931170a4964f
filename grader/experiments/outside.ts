/** Asks the services of a compose project from outside, over their published ports, one connection a question. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'

/** Milliseconds until a connection must stand. */
const CONNECTS_WITHIN = 5000

/** How to reach a database. */
export interface Database {
  port: number
  user: string
  password: string
  database: string
}

/** Runs `use` with a connection of its own. Rejects as `pg` does. */
export async function withPostgres<T>(at: Database, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ host: '127.0.0.1', ...at, connectionTimeoutMillis: CONNECTS_WITHIN })
  client.on('error', () => {})
  try {
    await client.connect()
    return await use(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** The rows of one statement. */
export const sql = (at: Database, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
  withPostgres(at, async client => (await client.query(text, values)).rows as Record<string, unknown>[])

/** Runs `use` with a connection to Redis of its own; no retry, no queue. Rejects as `ioredis` does. */
export async function withRedis<T>(port: number, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECTS_WITHIN,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return await use(client)
  } finally {
    client.disconnect()
  }
}

/** Writes the variables of a compose file where compose looks for them: `.env` in the workspace. */
export function writeEnv(dir: string, values: Record<string, string>): void {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(join(dir, '.env'), lines.join(''))
}
