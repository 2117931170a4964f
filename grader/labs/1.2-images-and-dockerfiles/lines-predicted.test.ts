import { judgePredictions } from '../../experiments/predictions/judge.ts'
import { kpi } from '../../kpi/index.ts'
import { pools } from './predictions.ts'

kpi('lines-predicted', async ({ compose, learner, predictions, scratch, cleanup }) => {
  await judgePredictions(pools[0], async () => ({ compose, labDir: learner.dir, scratch, cleanup }), {
    predictions,
    read: path => learner.read(path),
  })
})
