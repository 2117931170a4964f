/** Reads the captured tables as they were at one moment. */
import type pg from 'pg'
import type { Settings } from '../../config/definition.ts'
import type { ConnectRecord } from '../../data/schema.ts'
import { connectSource, literal, quoted } from './connection.ts'
import { event, type Origin } from './envelope.ts'
import { parseLsn } from './pgoutput.ts'
import { capturedTables, describeTable, rowOf, type Table } from './tables.ts'

export interface SnapshotAt {
  /** Exported by a new slot; without one the snapshot is the transaction's own. */
  name?: string
  lsn?: bigint
}

/**
 * Emits every row as an `r` event. `source.snapshot` tells the first and the last one, of all and of each table.
 * @returns the place in the log that the snapshot stands for
 */
export async function takeSnapshot(
  settings: Settings,
  at: SnapshotAt,
  emit: (records: ConnectRecord[]) => Promise<void>,
  signal: AbortSignal,
): Promise<bigint> {
  const client = await connectSource(settings)
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    if (at.name) await client.query(`SET TRANSACTION SNAPSHOT ${literal(at.name)}`)
    const now = await client.query<Record<string, string>>(
      'SELECT pg_current_wal_lsn() AS lsn, pg_snapshot_xmax(pg_current_snapshot()) AS xid',
    )
    const origin: Omit<Origin, 'snapshot'> = {
      prefix: settings.text('topic.prefix'),
      database: settings.text('database.dbname'),
      lsn: at.lsn ?? parseLsn(now.rows[0]!['lsn']!),
      lastCommitLsn: null,
      txId: Number(BigInt(now.rows[0]!['xid']!) & 0xffffffffn),
      micros: BigInt(Date.now()) * 1000n,
    }
    const marker = new Marker(origin)
    for (const found of await capturedTables(client, settings)) {
      const table = await describeTable(client, settings, found)
      for await (const rows of fetchAll(client, table, settings.number('snapshot.fetch.size'))) {
        if (signal.aborted) throw new Error('stopped during the snapshot')
        await emit(rows.map(cells => marker.next(table, cells, settings)).filter(record => record !== null))
      }
      marker.endOfTable()
    }
    await emit(marker.end())
    return origin.lsn
  } finally {
    await client.end().catch(() => {})
  }
}

async function* fetchAll(client: pg.Client, table: Table, size: number): AsyncGenerator<(string | null)[][]> {
  const from = quoted(table.schema, table.table)
  await client.query(`DECLARE rows NO SCROLL CURSOR FOR SELECT * FROM ${from}`)
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({ text: `FETCH ${size} FROM rows`, rowMode: 'array' })
    if (rows.length > 0) yield rows
    if (rows.length < size) break
  }
  await client.query('CLOSE rows')
}

/** Holds each event back until it is known whether it is its table's last one, or the last of all. */
class Marker {
  readonly #origin: Omit<Origin, 'snapshot'>
  #held: { table: Table; cells: (string | null)[]; settings: Settings; first: boolean; lastOfTable: boolean; opening: boolean } | null =
    null
  #any = false
  #table: Table | null = null

  constructor(origin: Omit<Origin, 'snapshot'>) {
    this.#origin = origin
  }

  /** The event before this one, if any. */
  next(table: Table, cells: (string | null)[], settings: Settings): ConnectRecord | null {
    const out = this.#release(false)
    this.#held = { table, cells, settings, first: !this.#any, lastOfTable: false, opening: this.#table !== table }
    this.#any = true
    this.#table = table
    return out
  }

  endOfTable(): void {
    if (this.#held) this.#held.lastOfTable = true
  }

  end(): ConnectRecord[] {
    const last = this.#release(true)
    return last ? [last] : []
  }

  #release(last: boolean): ConnectRecord | null {
    const held = this.#held
    if (!held) return null
    const { table, cells, settings, first, lastOfTable, opening } = held
    const snapshot = last
      ? 'last'
      : first
        ? 'first'
        : lastOfTable
          ? 'last_in_data_collection'
          : opening
            ? 'first_in_data_collection'
            : 'true'
    const placeholder = settings.text('unavailable.value.placeholder')
    const key = table.keySchema && rowOf(table.keyColumns, cells, placeholder)
    this.#held = null
    return event(table, 'r', key, null, rowOf(table.columns, cells, placeholder), { ...this.#origin, snapshot })
  }
}
