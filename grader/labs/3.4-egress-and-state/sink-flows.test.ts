import { kpi } from '../../kpi/index.ts'
import { judgeFlow } from './support/flows.ts'
import { programSink } from './support/sinks.ts'

kpi('sink-flows', async ({ learner, kafka, registry, postgres, cleanup, random }) => {
  const parts = { learner, kafka, registry, postgres, cleanup, random }
  await judgeFlow(parts, flow => programSink(parts, flow))
})
