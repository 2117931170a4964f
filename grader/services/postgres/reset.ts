import type { Client } from 'pg'
import type { ServiceEndpoint } from '../types.ts'
import { connectAdmin, dropDatabase } from './admin.ts'

/** Makes a PostgreSQL as new: every database and role of KPIs goes. */
export async function resetPostgres(endpoint: ServiceEndpoint): Promise<void> {
  const client = await connectAdmin(endpoint)
  try {
    for (const name of await names(client, String.raw`SELECT datname AS name FROM pg_database WHERE datname LIKE 'kpi\_%'`))
      await dropDatabase(client, name)
    for (const name of await names(client, String.raw`SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'kpi\_%'`)) await client.query(`DROP ROLE ${client.escapeIdentifier(name)}`) // biome-ignore format: one line
  } finally {
    await client.end()
  }
}

const names = async (client: Client, sql: string) => (await client.query<{ name: string }>(sql)).rows.map(row => row.name)
