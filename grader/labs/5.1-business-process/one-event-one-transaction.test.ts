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
       SELECT xmin::text AS tx, 'a ' || state || CASE WHEN state IN ('in_transit', 'arrived') THEN ' of trip ' || trip_id ELSE ' of ' || shipment_id END AS what
       FROM shipment_events GROUP BY 1, 2
       UNION ALL SELECT xmin::text, 'reading ' || seq || ' of ' || vehicle_id FROM trip_readings) x
     WHERE tx <> $1 GROUP BY tx`,
    [setUp],
  )
  return rows.map(row => row.what)
}

kpi('one-event-one-transaction', async ({ learner, postgres, random }) => {
  const { admin } = postgres
  await fjordline(postgres, random.int(1, 2 ** 31), { vehicles: 6, shipments: 200 })
  await simulate({ learner, postgres }, { events: 0 })
  const setUp = (await admin.query<{ tx: string }>('SELECT DISTINCT xmin::text AS tx FROM shipment_events')).rows
  expect(setUp.length, 'transactions that wrote the history before the first event').toBe(1)
  let effective = 0
  for (let i = 0; i < 4; i++) {
    const program: Program = await startSimulator({ learner, postgres }, { seed: random.int(1, 999), workers: 4, readingsPerTrip: 6 })
    const from = (await totals(admin)).readings
    const more = random.int(3, 40)
    while (program.running && (await totals(admin)).readings < from + more);
    if (program.running) effective++
    await program.kill()
    await backendsGone(postgres)
    did(`I killed the simulator (kill -9) after ~${more} more readings.`)
    await audit(admin, 'after the kill')
  }
  await simulate({ learner, postgres }, { readingsPerTrip: 6 })
  await audit(admin, 'after another one had gone on to the end')
  expect(
    Object.keys(await states(admin)).filter(state => !['delivered', 'no vehicle'].includes(state)),
    'states of shipments left behind',
  ).toEqual([])

  const mixed = (await transactions(admin, setUp[0]!.tx)).find(what => what.includes(' and '))
  expect(mixed ?? 'none', 'a transaction that wrote two business events').toBe('none')
  const torn = await admin.query<{ what: string }>(
    `SELECT count(DISTINCT xmin::text) || ' transactions wrote "' || state || '" for the shipments of trip ' || trip_id AS what FROM shipment_events
     WHERE state IN ('in_transit', 'arrived') GROUP BY trip_id, state HAVING count(DISTINCT xmin::text) > 1
     UNION ALL SELECT 'trip ' || trip_id || ' ended in another transaction than its shipments arrived' FROM trips t JOIN shipment_events e USING (trip_id)
     WHERE e.state = 'arrived' AND e.xmin::text <> t.xmin::text LIMIT 1`,
  )
  expect(torn.rows[0]?.what ?? 'none', 'a business event in several transactions').toBe('none')
  if (effective < 2) inconclusive('The simulator was done before I could kill it.')
})
