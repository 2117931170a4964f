/** Fjordline's tables as lab 5.1's loader would leave them, and the learner's simulator on them. */

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg, { escapeIdentifier } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { generate, TABLES, tableLines } from '../../../../datasets/index.ts'
import { fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { StartOptions } from '../../../learner/types.ts'
import { said } from './load.ts'

type Parts = Pick<KpiFixtures, 'learner' | 'postgres'>

const KEYS = { depots: 'depot_id', vehicles: 'vehicle_id', shipments: 'shipment_id' } as const
const REFERENCES = {
  depots: [],
  vehicles: ['home_depot_id depots'],
  shipments: ['origin_depot_id depots', 'destination_depot_id depots', 'vehicle_id vehicles'],
} as const

/** Connects as the learner's role: what it makes is the learner's. */
export async function connect(postgres: KpiFixtures['postgres']): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: postgres.url, application_name: 'dispatcher' })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Loads depots, vehicles and shipments of an unseen seed, as the contract of the loader says. */
export async function fjordline(
  postgres: KpiFixtures['postgres'],
  seed: number,
  size: { vehicles: number; shipments: number },
): Promise<void> {
  const dataset = generate({ size: 's', seed, ...size, readings: 1 })
  const client = await connect(postgres)
  try {
    await client.query('BEGIN')
    for (const table of ['depots', 'vehicles', 'shipments'] as const) {
      const columns = TABLES[table].map(({ name, type }) => `${escapeIdentifier(name)} ${type === 'timestamp' ? 'timestamptz' : type}`)
      const references = REFERENCES[table]
        .map(text => text.split(' '))
        .map(([column, parent]) => `, FOREIGN KEY (${column}) REFERENCES ${parent}`)
      await client.query(`CREATE TABLE ${table} (${columns.join(', ')}, PRIMARY KEY (${KEYS[table]})${references.join('')})`)
      await pipeline(Readable.from(tableLines(dataset, table)), client.query(copyFrom(`COPY ${table} FROM STDIN (FORMAT csv, HEADER)`)))
    }
    // Shipments that wait where their truck does not come by itself.
    await client.query(`
      INSERT INTO shipments SELECT (jsonb_populate_record(NULL::shipments, to_jsonb(s) || jsonb_build_object('shipment_id', md5(s.shipment_id::text)::uuid, 'status', 'booked',
        'origin_depot_id', a.depot_id, 'destination_depot_id', b.depot_id, 'weight_kg', 12.5, 'loaded_at', NULL, 'departed_at', NULL,
        'arrived_at', NULL, 'delivered_at', NULL))).*
      FROM (SELECT shipments.*, row_number() OVER (PARTITION BY vehicle_id ORDER BY shipment_id) AS n FROM shipments WHERE vehicle_id IS NOT NULL) s
      CROSS JOIN LATERAL (SELECT depot_id FROM depots ORDER BY md5(depot_id || s.shipment_id) LIMIT 1) a
      CROSS JOIN LATERAL (SELECT depot_id FROM depots WHERE depot_id <> a.depot_id ORDER BY md5(s.shipment_id || depot_id) LIMIT 1) b
      WHERE n <= 2`)
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}

export interface SimulateOptions {
  seed?: number
  workers?: number
  readingsPerTrip?: number
  events?: number
}

const options = (
  postgres: KpiFixtures['postgres'],
  { seed = 1, workers = 4, readingsPerTrip = 3, events }: SimulateOptions,
): StartOptions => ({
  env: {
    DATABASE_URL: postgres.url,
    SEED: String(seed),
    WORKERS: String(workers),
    READINGS_PER_TRIP: String(readingsPerTrip),
    ...(events === undefined ? {} : { EVENTS: String(events) }),
  },
})

/** Counts of business events, by kind. */
export type BusinessReport = Record<'load' | 'depart' | 'reading' | 'arrive' | 'deliver', number>

/** Starts src/simulate.ts and does not wait for its end. */
export const startSimulator = ({ learner, postgres }: Parts, more: SimulateOptions = {}) =>
  learner.start('src/simulate.ts', { ...options(postgres, more), ready: { kind: 'none' } })

/** Runs src/simulate.ts to its end, whatever its exit code. */
export const runSimulator = ({ learner, postgres }: Parts, more: SimulateOptions = {}) =>
  learner.run('src/simulate.ts', { ...options(postgres, more), withinMs: 60_000 })

/** Runs src/simulate.ts, which must succeed, and gives its report. Throws KpiFailure when it fails or prints something else. */
export async function simulate(parts: Parts, more: SimulateOptions = {}): Promise<BusinessReport> {
  const ran = await runSimulator(parts, more)
  if (ran.code !== 0 || ran.limit)
    fail({
      subject: 'exit code of src/simulate.ts',
      expected: '0',
      saw: ran.limit ?? String(ran.code ?? ran.signal),
      details: said(parts.learner, ran.stderr),
    })
  return reportOf(ran.stdout)
}

/** The report in what the simulator printed. Throws KpiFailure when it is none. */
export function reportOf(stdout: string): BusinessReport {
  try {
    const report = JSON.parse(stdout) as BusinessReport
    if (['load', 'depart', 'reading', 'arrive', 'deliver'].every(kind => Number.isInteger(report[kind as keyof BusinessReport])))
      return report
  } catch {
    // told below
  }
  return fail({
    subject: 'what src/simulate.ts printed on stdout',
    expected: '{"load":…,"depart":…,"reading":…,"arrive":…,"deliver":…}',
    saw: stdout.slice(0, 200) || 'nothing',
  })
}
