import { kpi } from '../../kpi/index.ts'
import { judgePoison } from './support/flows.ts'
import { programSink } from './support/sinks.ts'

kpi('sink-poison', async ({ learner, kafka, registry, postgres, cleanup, random }) => {
  const parts = { learner, kafka, registry, postgres, cleanup, random }
  await judgePoison(parts, flow => programSink(parts, flow))
})
