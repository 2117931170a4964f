/** Roles, database, tables. */
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { need } from '../environment.ts'
import { until } from './until.ts'

const sql = (name: string): string => readFileSync(new URL(`../../sql/${name}`, import.meta.url), 'utf8')

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await until('PostgreSQL', async () => {
    const one = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    await one.connect()
    return one
  })
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Roles with their passwords, and the database `fjord` of its owner. */
export async function prepareDatabase(): Promise<void> {
  await withClient(need('ADMIN_URL'), async client => {
    for (const role of ['owner', 'capture', 'sink', 'reader'])
      await client.query('SELECT set_config($1, $2, false)', [`fjord.${role}`, need(`${role.toUpperCase()}_PASSWORD`)])
    await client.query(sql('roles.sql'))
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'fjord'")
    if (rowCount === 0) await client.query('CREATE DATABASE fjord OWNER fjord')
    await client.query('REVOKE ALL ON DATABASE fjord FROM PUBLIC')
    await client.query('GRANT CONNECT ON DATABASE fjord TO capture, sink, reader')
  })
}

/** The tables that the loader does not make, grants, and the publication. */
export const preparePipelineTables = (): Promise<void> =>
  withClient(need('DATABASE_URL'), async client => {
    await client.query(sql('pipeline.sql'))
  })
