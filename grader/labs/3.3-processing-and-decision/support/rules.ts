/** The same experiment for each rule: a data set nobody has seen, and that rule's alerts. */
import type { RuleName } from '../../../../datasets/index.ts'
import { did, inconclusive } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import { expectAlerts, tell } from './alerts.ts'
import { fjordline } from './fjordline.ts'
import { truth } from './measured.ts'
import { pipeline } from './pipeline.ts'

type Fixtures = Pick<KpiFixtures, 'learner' | 'kafka' | 'registry' | 'scratch' | 'cleanup' | 'random'>

/** Sends a data set of the run's seed through the processor and judges one rule's alerts. */
export async function judgeRule(fixtures: Fixtures, rule: RuleName): Promise<void> {
  const { arrived, data, lateness } = fjordline(fixtures.random, 3)
  const pipe = await pipeline(fixtures, { trucks: data.dataset.vehicles, lateness })
  await pipe.start()
  await pipe.send(arrived)
  const { marks, last } = await pipe.finish(arrived)
  const due = truth([...arrived, ...marks])
  const own = due.filter(alert => alert.rule === rule && !last.some(mark => tell(mark) === tell(alert)))
  if (own.length === 0) inconclusive(`no ${rule} alert is due in the data of this seed`)
  did(
    `I sent the ~${arrived.length} readings of 6 trucks, in the order in which they arrived; ~${own.length} alerts of the rule ${rule} are due.`,
  )
  const among = (alert: { rule: RuleName }) => alert.rule === rule
  await expectAlerts(pipe.alerts, fixtures.registry, { due, last: last.filter(among), among })
}
