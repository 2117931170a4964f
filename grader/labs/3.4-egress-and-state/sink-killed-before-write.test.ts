import { kpi } from '../../kpi/index.ts'
import { judgeKill } from './support/flows.ts'
import { programSink } from './support/sinks.ts'

kpi('sink-killed-before-write', async ({ learner, kafka, registry, postgres, cleanup, random }) => {
  const parts = { learner, kafka, registry, postgres, cleanup, random }
  await judgeKill(parts, flow => programSink(parts, flow), ['before-write'])
})
