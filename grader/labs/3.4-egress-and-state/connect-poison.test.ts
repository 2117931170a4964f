import { kpi } from '../../kpi/index.ts'
import { judgePoison } from './support/flows.ts'
import { connectSink } from './support/sinks.ts'

kpi('connect-poison', async ({ learner, kafka, registry, postgres, connect, cleanup, random }) => {
  const parts = { learner, kafka, registry, postgres, connect, cleanup, random }
  await judgePoison(parts, flow => connectSink(parts, flow))
})
