import { kpi } from '../../kpi/index.ts'
import { judgeCorrections } from './support/flows.ts'
import { programSink } from './support/sinks.ts'

kpi('sink-corrections', async ({ learner, kafka, registry, postgres, cleanup, random }) => {
  const parts = { learner, kafka, registry, postgres, cleanup, random }
  await judgeCorrections(parts, flow => programSink(parts, flow))
})
