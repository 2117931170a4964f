/** The peer: somebody who knows the types beforehand streams the file into one COPY and adds the key. */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import pg, { escapeIdentifier } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { BigFile } from './big.ts'

/**
 * Loads the file as `table` of the schema `reference`, in one transaction.
 * @returns milliseconds from connecting to COMMIT
 */
export async function referenceCopy(url: string, file: BigFile): Promise<number> {
  const began = performance.now()
  const client = new pg.Client({ connectionString: url, application_name: 'grader' })
  await client.connect()
  try {
    const table = `reference.${escapeIdentifier(file.table)}`
    await client.query('BEGIN')
    await client.query('CREATE SCHEMA IF NOT EXISTS reference')
    await client.query(`CREATE TABLE ${table} (${file.columns.map(({ name, type }) => `${escapeIdentifier(name)} ${type}`).join(', ')})`)
    const copy = client.query(copyFrom(`COPY ${table} FROM STDIN (FORMAT csv, HEADER, DELIMITER '${file.delimiter}')`))
    await pipeline(createReadStream(file.path, { highWaterMark: 256 * 1024 }), copy)
    await client.query(`ALTER TABLE ${table} ADD PRIMARY KEY (${escapeIdentifier(file.columns[0]!.name)})`)
    await client.query('COMMIT')
    return performance.now() - began
  } finally {
    await client.end()
  }
}

/** A figure that two tables share when they hold the same rows with the same values in the same columns, in any order. */
export async function contentOf(pool: pg.Pool, schema: string, file: BigFile): Promise<string> {
  const list = file.columns.map(({ name }) => escapeIdentifier(name)).join(', ')
  const { rows } = await pool.query<{ content: string }>(
    `SELECT count(*) || ' rows, sum ' || coalesce(sum(hashtextextended(ROW(${list})::text, 0)::numeric), 0) AS content
     FROM ${escapeIdentifier(schema)}.${escapeIdentifier(file.table)}`,
  )
  return rows[0]!.content
}
