import { judgePredictions } from '../../experiments/predictions/judge.ts'
import { kpi } from '../../kpi/index.ts'
import { pools } from './predictions.ts'
import { benchOf } from './support/bench.ts'

kpi('survival-predicted', async ({ compose, learner, predictions }) => {
  const prepare = async () => benchOf(await compose.up({ files: ['probe.yaml'] }), learner.dir)
  await judgePredictions(pools[0], prepare, { predictions, read: path => learner.read(path) })
})
