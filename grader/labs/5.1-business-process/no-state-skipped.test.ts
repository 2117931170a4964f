import { did, expect, kpi } from '../../kpi/index.ts'
import { audit, states } from './support/audit.ts'
import { connect, fjordline, simulate } from './support/business.ts'
import { refused } from './support/refused.ts'

const STATES = ['booked', 'loaded', 'in_transit', 'arrived', 'delivered']
const TIMES = ['booked_at', 'loaded_at', 'departed_at', 'arrived_at', 'delivered_at']
/** Later than anything in the data. */
const FUTURE = '2040-01-01'

kpi('no-state-skipped', async ({ learner, postgres, random }) => {
  await fjordline(postgres, random.int(1, 2 ** 31), { vehicles: 6, shipments: 150 })
  await simulate({ learner, postgres }, { events: random.int(15, 25), seed: random.int(1, 999), workers: 1 })
  const before = await states(postgres.admin)
  did('I let the simulator do some business, then wrote to the tables myself, with UPDATE, as any other program could.')
  const client = await connect(postgres)
  try {
    const { rows } = await client.query<{ id: string; status: string }>(
      `SELECT DISTINCT ON (status) shipment_id AS id, status FROM shipments WHERE vehicle_id IS NOT NULL ORDER BY status, md5(shipment_id::text || $1)`,
      [random.word(5)],
    )
    for (const { id, status } of random.shuffle(rows)) {
      const from = STATES.indexOf(status)
      // Every state but the next one; with all times there, as a careless program might set them.
      for (const to of STATES.keys()) {
        if (to === from || to === from + 1) continue
        const set = TIMES.flatMap((time, i) => (i > from && i <= to ? [`${time} = '${FUTURE} 0${i}:00Z'`] : []))
        const sql = `UPDATE shipments SET ${[`status = '${STATES[to]}'`, ...set].join(', ')} WHERE shipment_id = '${id}'`
        await refused(client, sql, `a shipment that is ${status} becomes ${STATES[to]}`)
      }
      await refused(client, `UPDATE shipments SET status = 'lost' WHERE shipment_id = '${id}'`, `a shipment that is ${status} becomes lost`)
      const next = STATES[from + 1]
      if (!next) continue
      const time = TIMES[from + 1]
      await refused(
        client,
        `UPDATE shipments SET status = '${next}' WHERE shipment_id = '${id}'`,
        `a shipment becomes ${next} without ${time}`,
      )
      const early = `UPDATE shipments SET status = '${next}', ${time} = ${TIMES[from]} WHERE shipment_id = '${id}'`
      await refused(client, early, `a shipment becomes ${next} at the time it became ${status}`)
    }
    const free = `UPDATE shipments SET status = 'loaded', loaded_at = '${FUTURE}' WHERE vehicle_id IS NULL AND status = 'booked'`
    await refused(client, free, 'a shipment without a vehicle is loaded')
    const copy = `INSERT INTO shipments SELECT (jsonb_populate_record(s, jsonb_build_object('shipment_id', gen_random_uuid()))).*
      FROM shipments s WHERE status = 'delivered' LIMIT 1`
    await refused(client, copy, 'a new shipment is delivered from the start')
  } finally {
    await client.end()
  }
  await audit(postgres.admin, 'after my attempts')
  expect(await states(postgres.admin), 'shipments by state after my attempts').toEqual(before)
  await simulate({ learner, postgres })
  await audit(postgres.admin, 'after the simulator went on to its end')
})
