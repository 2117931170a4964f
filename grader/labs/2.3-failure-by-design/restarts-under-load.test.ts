import { crashContainer } from '../../engines/docker/nemesis.ts'
import { Ledger } from '../../experiments/ledger.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { load, RECOVERS_WITHIN } from './support/client.ts'
import { judgeRows } from './support/ledger.ts'

kpi('restarts-under-load', async ({ compose, random }) => {
  const project = await compose.up({ within: 90_000 })
  const prefix = random.word(6)
  const ledger = new Ledger()
  const clients = load(project, ledger, prefix)
  await eventually('bookings are acknowledged', () => clients.count(201) >= 100, { within: 20_000 })
  const before = await project.container('api')
  const heal = await crashContainer(project, 'api', 'debian:trixie-slim').inject()
  const acked = clients.count(201)
  did('Clients booked one after the other; I killed the process of api as a crash would (SIGKILL), and did nothing else.')
  try {
    await eventually('api acknowledges bookings again', () => clients.count(201) >= acked + 50, { within: RECOVERS_WITHIN })
  } finally {
    await clients.stop()
  }
  const after = await project.container('api')
  expect(after.restarts > before.restarts ? 'yes' : 'no', 'did the engine start it again').toBe('yes')
  await judgeRows(project, ledger, prefix, heal ? 1 : 0)
})
