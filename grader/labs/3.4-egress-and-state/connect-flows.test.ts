import { kpi } from '../../kpi/index.ts'
import { judgeFlow } from './support/flows.ts'
import { connectSink } from './support/sinks.ts'

kpi('connect-flows', async ({ learner, kafka, registry, postgres, connect, cleanup, random }) => {
  const parts = { learner, kafka, registry, postgres, connect, cleanup, random }
  await judgeFlow(parts, flow => connectSink(parts, flow))
})
