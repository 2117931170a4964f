import type { Pool } from 'pg'
import { did, expect, inconclusive, kpi } from '../../kpi/index.ts'
import type { Program } from '../../learner/types.ts'
import { audit, states, totals } from './support/audit.ts'
import { fjordline, simulate, startSimulator } from './support/business.ts'
import { backendsGone } from './support/kill-moments.ts'

/** What transactions wrote, beyond what the set-up did: each as the events it holds, e.g. "3 × in_transit of trip 12". */
async function transactions(pool: Pool, setUp: string): Promise<string[]> {
  const { rows } = await pool.query<{ what: string }>(
    `SELECT string_agg(what, ' and ' ORDER BY what) AS what FROM (
       SELECT xmin::text AS tx, state || CASE WHEN state IN ('in_transit', 'arrived') THEN ' of trip ' || trip_id ELSE ' of ' || shipment_id END AS what
       FROM shipment_events GROUP BY 1, 2
       UNION ALL SELECT xmin::text, 'reading ' || seq || ' of ' || vehicle_id FROM trip_readings) x
     WHERE tx <> $1 GROUP BY tx ORDER BY what`,
    [setUp],
  )
  return rows.map(row => row.what)
}

/** Each transaction holds one event, and each event is in one transaction. */
async function expectOneEach(pool: Pool, setUp: string): Promise<void> {
  const mixed = (await transactions(pool, setUp)).find(what => what.includes(' and '))
  expect(mixed ?? 'none', 'a transaction that wrote two business events').toBe('none')
  const torn = await pool.query<{ what: string }>(
    `SELECT 'trip ' || trip_id || ': its shipments became ' || state || ' in ' || count(DISTINCT xmin::text) || ' transactions' AS what FROM shipment_events
     WHERE state IN ('in_transit', 'arrived') GROUP BY trip_id, state HAVING count(DISTINCT xmin::text) > 1
     UNION ALL SELECT 'trip ' || trip_id || ' ended in one transaction, its shipments arrived in another' FROM trips t JOIN shipment_events e USING (trip_id)
     WHERE e.state = 'arrived' AND e.xmin::text <> t.xmin::text AND e.xmin::text <> $1 ORDER BY what LIMIT 1`,
    [setUp],
  )
  expect(torn.rows[0]?.what ?? 'none', 'a business event in several transactions').toBe('none')
}

kpi('one-event-one-transaction', async ({ learner, postgres, random }) => {
  const { admin } = postgres
  await fjordline(postgres, random.int(1, 2 ** 31), { vehicles: 6, shipments: 200 })
  await simulate({ learner, postgres }, { events: 0 })
  const setUp = (await admin.query<{ tx: string }>('SELECT DISTINCT xmin::text AS tx FROM shipment_events')).rows
  expect(setUp.length, 'transactions that wrote the history before the first event').toBe(1)
  await simulate({ learner, postgres }, { seed: random.int(1, 999), workers: 1, events: 80, readingsPerTrip: 2 })
  did('I let one worker do 80 business events and looked which transaction wrote which rows (xmin).')
  await expectOneEach(admin, setUp[0]!.tx)

  did('I started it with 4 workers, killed it (kill -9) after some more readings, and again, four times.')
  let effective = 0
  for (let i = 0; i < 4; i++) {
    const program: Program = await startSimulator({ learner, postgres }, { seed: random.int(1, 999), workers: 4, readingsPerTrip: 6 })
    const from = (await totals(admin)).readings
    const more = random.int(3, 40)
    while (program.running && (await totals(admin)).readings < from + more);
    if (program.running) effective++
    await program.kill()
    await backendsGone(postgres)
    await audit(admin, 'after a kill')
  }
  await simulate({ learner, postgres }, { readingsPerTrip: 6 })
  await audit(admin, 'after another one had gone on to the end')
  expect(
    Object.keys(await states(admin)).filter(state => !['delivered', 'no vehicle'].includes(state)),
    'states of shipments left behind',
  ).toEqual([])
  await expectOneEach(admin, setUp[0]!.tx)
  if (effective < 2) inconclusive('The simulator was done before I could kill it.')
})
