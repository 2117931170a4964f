import { judgePredictions } from '../../experiments/predictions/judge.ts'
import { kpi } from '../../kpi/index.ts'
import { pools } from './predictions.ts'
import { benchOf } from './support/bench.ts'

kpi('lifecycle-predicted', async ({ compose, learner, predictions }) => {
  await judgePredictions(pools[1], async () => benchOf(await compose.up()), { predictions, read: path => learner.read(path) })
})
