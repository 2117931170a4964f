/** The publication and the replication slot that a connector reads from. */
import type pg from 'pg'
import type { Settings } from '../../config/definition.ts'
import { FatalError } from '../../data/schema.ts'
import { connectReplication, literal, quoted } from './connection.ts'
import { parseLsn } from './pgoutput.ts'
import { capturedTables } from './tables.ts'

/** Milliseconds to wait until the server has noticed that the slot's last reader is gone. */
const RELEASED_WITHIN = 30_000

/** @throws FatalError when the publication is missing and may not be made */
export async function ensurePublication(client: pg.Client, settings: Settings): Promise<void> {
  const name = settings.text('publication.name')
  const { rowCount } = await client.query(`SELECT FROM pg_publication WHERE pubname = ${literal(name)}`)
  const mode = settings.text('publication.autocreate.mode')
  if (rowCount && mode !== 'filtered') return
  if (mode === 'disabled')
    throw new FatalError(`Publication autocreation is disabled, please create one and restart the connector: there is no publication "${name}"`) // biome-ignore format: one line
  try {
    if (mode === 'all_tables') await client.query(`CREATE PUBLICATION ${quoted(name)} FOR ALL TABLES`)
    else if (mode === 'no_tables') await client.query(`CREATE PUBLICATION ${quoted(name)}`)
    else {
      const tables = await capturedTables(client, settings)
      if (tables.length === 0) throw new FatalError(`No table filters found for filtered publication ${name}`)
      const list = tables.map(({ schema, table }) => quoted(schema, table)).join(', ')
      await client.query(rowCount ? `ALTER PUBLICATION ${quoted(name)} SET TABLE ${list}` : `CREATE PUBLICATION ${quoted(name)} FOR TABLE ${list}`) // biome-ignore format: one line
    }
  } catch (error) {
    if (error instanceof FatalError || !(error as { code?: string }).code?.startsWith('42')) throw error
    throw new FatalError(`Unable to create ${mode} publication ${name}: ${(error as Error).message}`)
  }
}

export interface SlotState {
  active: boolean
  confirmed: bigint
  lost: boolean
}

/** What the server knows of the slot; null when it is not there. */
export async function slotState(client: pg.Client, name: string): Promise<SlotState | null> {
  const { rows } = await client.query<Record<string, string | null>>(
    `SELECT active, confirmed_flush_lsn AS confirmed, wal_status, database = current_database() AS here, plugin FROM pg_replication_slots WHERE slot_name = ${literal(name)}`,
  )
  const row = rows[0]
  if (!row) return null
  if (row['here'] !== 't') throw new FatalError(`The replication slot "${name}" belongs to another database: set slot.name`)
  if (row['plugin'] !== 'pgoutput') throw new FatalError(`The replication slot "${name}" was made for the plug-in ${row['plugin']}, not pgoutput`) // biome-ignore format: one line
  return { active: row['active'] === 't', confirmed: parseLsn(row['confirmed'] ?? '0/0'), lost: row['wal_status'] === 'lost' }
}

/** Waits until nobody reads from the slot: the server notices a reader's kill -9 a little later. */
export async function slotIsFree(client: pg.Client, name: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + RELEASED_WITHIN
  while ((await slotState(client, name))?.active && !signal.aborted) {
    if (performance.now() > deadline) throw new Error(`the replication slot "${name}" is active: another connector reads from it`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** Drops a replication slot; throws PostgreSQL's error when it is missing or in use. */
export async function dropSlot(client: pg.Client, name: string): Promise<void> {
  await client.query(`SELECT pg_drop_replication_slot(${literal(name)})`)
}

/** A new slot, and the snapshot of exactly what it does not stream. The snapshot lives as long as the connection. */
export async function createSlot(settings: Settings): Promise<{ client: pg.Client; lsn: bigint; snapshot: string }> {
  const client = await connectReplication(settings)
  try {
    const sql = `CREATE_REPLICATION_SLOT "${settings.text('slot.name')}" LOGICAL pgoutput (SNAPSHOT 'export')`
    const { rows } = await client.query<Record<string, string>>(sql)
    return { client, lsn: parseLsn(rows[0]!['consistent_point']!), snapshot: rows[0]!['snapshot_name']! }
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}
