/** What the contract says of the two tables, held against the catalogue. */
import { expect, fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'

const COLUMNS: Record<string, Record<string, string>> = {
  readings: {
    vehicle_id: 'text not null',
    seq: 'integer not null',
    event_time: 'timestamp with time zone not null',
    ingest_time: 'timestamp with time zone not null',
    latitude: 'double precision not null',
    longitude: 'double precision not null',
    speed_kmh: 'integer not null',
    front_c: 'double precision not null',
    front_open: 'boolean not null',
    rear_c: 'double precision',
    rear_open: 'boolean',
  },
  alerts: {
    id: 'text not null',
    rule: 'text not null',
    vehicle_id: 'text not null',
    compartment: 'text',
    due_at: 'timestamp with time zone not null',
    since: 'timestamp with time zone not null',
    value_c: 'double precision',
  },
}

const KEYS: Record<string, string> = { readings: 'vehicle_id, seq', alerts: 'id' }

const COLUMN_SQL = `SELECT attname AS name, format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END AS type
  FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`
const KEY_SQL = `SELECT string_agg(attname, ', ' ORDER BY array_position(conkey, attnum)) AS key
  FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey) WHERE conrelid = to_regclass($1) AND contype = 'p'`

/** Fails with the first column or key that is not as the lesson says. */
export async function expectColumns({ admin }: KpiFixtures['postgres']): Promise<void> {
  for (const [table, columns] of Object.entries(COLUMNS)) {
    const { rows } = await admin.query<{ name: string; type: string }>(COLUMN_SQL, [table])
    if (rows.length === 0) fail({ subject: `the table ${table}`, expected: 'it is there', saw: 'no such table' })
    const there = new Map(rows.map(({ name, type }) => [name, type]))
    for (const [name, type] of Object.entries(columns)) expect(there.get(name) ?? 'no such column', `${table}.${name}`).toBe(type)
    const others = [...there.keys()].filter(name => !(name in columns))
    expect(others.join(', ') || 'none', `columns of ${table} that the contract does not have`).toBe('none')
    const { rows: keys } = await admin.query<{ key: string | null }>(KEY_SQL, [table])
    expect(keys[0]?.key ?? 'none', `primary key of ${table}`).toBe(KEYS[table])
  }
}
