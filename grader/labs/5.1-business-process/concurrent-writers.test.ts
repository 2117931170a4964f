import { did, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { audit, states } from './support/audit.ts'
import { fjordline, reportOf, runSimulator, simulate } from './support/business.ts'
import { cutConnections, hostileWriters } from './support/hostile.ts'
import { expectAllEnded } from './support/load.ts'

const PROCESSES = 3

kpi('concurrent-writers', async ({ learner, postgres, random }) => {
  const { admin } = postgres
  await fjordline(postgres, random.int(1, 2 ** 31), { vehicles: 6, shipments: 220 })
  const before = await states(admin)
  // All at once, and on a database without the tables of the process: one of them makes them.
  const end = new AbortController()
  const running = Promise.all(
    Array.from({ length: PROCESSES }, (_, i) => runSimulator({ learner, postgres }, { seed: i + 1, workers: 3, readingsPerTrip: 4 })),
  ).finally(() => end.abort())
  did(
    `${PROCESSES} simulators with 3 workers each started at the same moment. Beside them a dispatcher moved shipments too, a clerk locked rows in the other order, two scripts broke rules, and I cut connections.`,
  )

  const rulesMade = async () =>
    (await admin.query<{ there: boolean }>(`SELECT to_regclass('trip_readings') IS NOT NULL AS there`)).rows[0]!.there
  while (!end.signal.aborted && !(await rulesMade()));
  const others = hostileWriters(postgres, random, end.signal)
  const cuts = cutConnections(postgres, random.fork('cuts'), 4, end.signal)
  let looks = 0
  while (!end.signal.aborted) await audit(admin, 'while all were writing').finally(() => looks++)
  const ended = await running
  const counts = await others
  const cut = await cuts
  expectAllEnded(learner, 'src/simulate.ts', ended)
  for (const exit of ended) reportOf(exit.stdout)
  did(`I looked ~${looks} times while they wrote and cut ~${cut} connections; all three ended with exit code 0.`)

  // A lock that one of the others held at the end may have kept the last shipment waiting.
  await simulate({ learner, postgres }, { readingsPerTrip: 4 })
  await audit(admin, 'at the end')
  const waiting = before['no vehicle'] ?? 0
  const assigned = Object.values(before).reduce((sum, n) => sum + n, 0) - waiting
  expect(await states(admin), 'shipments by state').toEqual({ delivered: assigned, ...(waiting ? { 'no vehicle': waiting } : {}) })
  const { rows } = await admin.query<{ n: number }>('SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()')
  if (rows[0]!.n === 0) inconclusive('No deadlock came about: whether the simulators survive one is not known.')
  const disturbed = Object.values(counts).reduce((sum, [done, refused]) => sum + done + refused, 0)
  if (looks < 3 || disturbed < 5) inconclusive('The simulators were done before anybody could get in their way.')
})
