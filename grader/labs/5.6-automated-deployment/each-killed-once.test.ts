import { judgeLedger } from '../../experiments/ledger.ts'
import { sql } from '../../experiments/outside.ts'
import { did, eventually, inconclusive, kpi } from '../../kpi/index.ts'
import { BOOKED_BY, businessAsUsual } from './support/business.ts'
import { drawPasswords, layData, reach, UP_WITHIN } from './support/deployment.ts'
import { becomeEqual } from './support/equal.ts'
import { killEach, LASTING } from './support/kill-each.ts'

kpi('each-killed-once', async ({ compose, learner, random, seed }) => {
  layData(learner.dir, seed)
  const passwords = drawPasswords(random)
  const project = await compose.up({ env: passwords, within: UP_WITHIN })
  const deployment = reach(project, passwords)
  await becomeEqual(deployment, 60_000)

  const business = businessAsUsual(deployment, random)
  await eventually('bookings are accepted', () => business.ledger.acked.length > 0, { within: 20_000 })
  const killed = await killEach(project, random)
  if (killed.length < LASTING.length) inconclusive(`of ${LASTING.join(', ')} only ${killed.join(', ')} could be killed`)
  did('While bookings went on I killed the main process of each service once, in an order and at moments that were drawn; nobody helped.')
  const then = business.ledger.acked.length
  await eventually('the database accepts bookings again', () => business.ledger.acked.length > then, { within: 60_000 })
  await business.stop()

  await becomeEqual(deployment, 120_000)
  const rows = await sql(deployment.database, `SELECT shipment_id::text AS id FROM shipments WHERE customer = '${BOOKED_BY}'`)
  judgeLedger(business.ledger.check(rows.map(({ id }) => ({ id: String(id) }))), 'PostgreSQL', killed.length)
})
