import { kpi } from '../../kpi/index.ts'
import { judgeRule } from './support/rules.ts'

kpi('threshold', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  await judgeRule({ learner, kafka, registry, scratch, cleanup, random }, 'threshold')
})
