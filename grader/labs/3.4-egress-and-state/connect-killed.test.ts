import { kpi } from '../../kpi/index.ts'
import { judgeKill } from './support/flows.ts'
import { connectSink } from './support/sinks.ts'

kpi('connect-killed', async ({ learner, kafka, registry, postgres, connect, cleanup, random }) => {
  const parts = { learner, kafka, registry, postgres, connect, cleanup, random }
  await judgeKill(parts, flow => connectSink(parts, flow), ['before-write', 'before-commit'])
})
