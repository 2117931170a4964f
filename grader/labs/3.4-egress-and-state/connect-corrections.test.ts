import { kpi } from '../../kpi/index.ts'
import { judgeCorrections } from './support/flows.ts'
import { connectSink } from './support/sinks.ts'

kpi('connect-corrections', async ({ learner, kafka, registry, postgres, connect, cleanup, random }) => {
  const parts = { learner, kafka, registry, postgres, connect, cleanup, random }
  await judgeCorrections(parts, flow => connectSink(parts, flow))
})
