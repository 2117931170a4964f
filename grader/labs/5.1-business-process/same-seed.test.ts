import type { Pool } from 'pg'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { fjordline, simulate } from './support/business.ts'
import { clear } from './support/database.ts'

/** Everything that happened, but for numbers that depend on who came first. */
async function history(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    SELECT line FROM (SELECT 'shipment ' || shipment_id || ' ' || state || ' ' || at AS line FROM shipment_events
    UNION ALL SELECT 'trip ' || vehicle_id || ' ' || departed_at || ' to ' || destination_depot_id || ' ' || coalesce(arrived_at::text, '') FROM trips
    UNION ALL SELECT 'reading ' || vehicle_id || ' ' || seq || ' ' || event_time || ' ' || front_c FROM trip_readings) lines
    ORDER BY line COLLATE "C"`)
  return rows.map(row => row.line)
}

kpi('same-seed', async ({ learner, postgres, random }) => {
  const seed = random.int(1, 1_000_000)
  const world = random.int(1, 2 ** 31)
  const histories: string[][] = []
  for (const run of [
    { seed, workers: 1 },
    { seed, workers: 4 },
    { seed: seed + 1, workers: 4 },
  ]) {
    await clear(postgres.admin, 'public')
    await fjordline(postgres, world, { vehicles: 4, shipments: 40 })
    await simulate({ learner, postgres }, run)
    histories.push(await history(postgres.admin))
    did(
      `I ran the same morning with SEED=${run.seed} and ${run.workers} worker${run.workers > 1 ? 's' : ''}: ~${histories.at(-1)!.length} things happened.`,
    )
  }
  const [alone, together, other] = histories as [string[], string[], string[]]
  const known = new Set(alone)
  const odd = together.filter(line => !known.has(line))
  if (odd.length > 0)
    fail({
      subject: 'what happened with 4 workers, against what happened with 1',
      expected: 'the same, times included',
      saw: `~${odd.length} of ~${together.length} things are others`,
    })
  expect(other.join() === alone.join(), 'another seed gives the same history').toBe(false)
})
