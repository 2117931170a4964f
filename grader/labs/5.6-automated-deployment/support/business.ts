/** Changes as the business makes them: some shipments are booked, some move on, some are cancelled. */
import { setTimeout as pause } from 'node:timers/promises'
import { Ledger } from '../../../experiments/ledger.ts'
import { withPostgres } from '../../../experiments/outside.ts'
import type { Random } from '../../../kpi/types.ts'
import type { Deployment } from './deployment.ts'

/** Customers of the grader's own bookings, which nobody cancels. */
export const BOOKED_BY = 'Grader'

const BOOK = `INSERT INTO shipments (shipment_id, customer, origin_depot_id, destination_depot_id, cargo, weight_kg, parcels, priority, status, due_on, booked_at)
  SELECT $1, '${BOOKED_BY}', origin_depot_id, destination_depot_id, cargo, weight_kg + $2, parcels + 1, NOT priority, 'booked', due_on, now()
  FROM shipments LIMIT 1`
/** By a word, so that each call takes others. */
const MOVE =
  "UPDATE shipments SET status = 'loaded', note = $1 WHERE shipment_id IN (SELECT shipment_id FROM shipments ORDER BY md5(shipment_id::text || $1) LIMIT 2)"
const CANCEL = `DELETE FROM shipments WHERE customer <> '${BOOKED_BY}' AND shipment_id IN (SELECT shipment_id FROM shipments ORDER BY md5(shipment_id::text || $1) LIMIT 1)`

const uuid = (random: Random): string =>
  `${[8, 4, 4, 4, 12].map(length => Array.from({ length }, () => random.int(0, 15).toString(16)).join('')).join('-')}`

/** Books one shipment and moves two, now and then one is cancelled: one transaction. Rejects when the database does not answer for it. */
export async function book({ database }: Deployment, id: string, random: Random): Promise<void> {
  const [weight, word, cancels] = [random.int(1, 99), random.word(6), random.int(0, 2) === 0]
  await withPostgres(database, async client => {
    await client.query('BEGIN')
    await client.query(BOOK, [id, weight])
    await client.query(MOVE, [word])
    if (cancels) await client.query(CANCEL, [word])
    await client.query('COMMIT')
  })
}

/** Rounds of business, one after the other. */
export async function doBusiness(deployment: Deployment, random: Random, rounds: number): Promise<void> {
  for (let n = 0; n < rounds; n++) await book(deployment, uuid(random), random)
}

/** Business that goes on until it is stopped, whatever dies; `ledger` has every booking with what the database answered. */
export function businessAsUsual(deployment: Deployment, random: Random): { ledger: Ledger; stop(): Promise<void> } {
  const ledger = new Ledger()
  let going = true
  const work = (async () => {
    while (going) {
      const id = uuid(random)
      const done = await ledger.write(id, () => book(deployment, id, random))
      if (!done) await pause(200) // The database is away: ask again in a moment, as clients do.
    }
  })()
  return {
    ledger,
    async stop() {
      going = false
      await work
    },
  }
}
