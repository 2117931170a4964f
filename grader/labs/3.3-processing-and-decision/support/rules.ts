/** The same experiment for each rule: a data set nobody has seen, and that rule's alerts. */
import type { RuleName } from '../../../../datasets/index.ts'
import { did, inconclusive } from '../../../kpi/index.ts'
import type { KpiFixtures, Random } from '../../../kpi/types.ts'
import { expectAlerts, tell } from './alerts.ts'
import { fjordline } from './fjordline.ts'
import { type Measured, RULES, series, truth } from './measured.ts'
import { pipeline } from './pipeline.ts'
import { truck } from './trucks.ts'

type Fixtures = Pick<KpiFixtures, 'learner' | 'kafka' | 'registry' | 'scratch' | 'cleanup' | 'random'>

/** Trucks whose temperature rises by exactly the change that alerts. */
const STEPS = 12

function exactSteps(random: Random, from: number): Measured[] {
  return Array.from({ length: STEPS }, (_, i) => {
    const base = random.int(210, 590)
    return series(truck(5000 + i), from, [base, base + RULES.rateDeltaCentiC])
  }).flat()
}

/** Sends a data set of the run's seed through the processor and judges one rule's alerts. */
export async function judgeRule(fixtures: Fixtures, rule: RuleName): Promise<void> {
  const { arrived, data, lateness } = fjordline(fixtures.random, 3)
  const steps = exactSteps(fixtures.random, data.dataset.start)
  const pipe = await pipeline(fixtures, { trucks: [...data.dataset.vehicles, ...steps.map(({ truck: one }) => one)], lateness })
  const sent = [...steps, ...arrived]
  await pipe.start()
  await pipe.send(sent)
  const { marks, last } = await pipe.finish(sent)
  const due = truth([...sent, ...marks])
  const own = due.filter(alert => alert.rule === rule && !last.some(mark => tell(mark) === tell(alert)))
  if (own.length === 0) inconclusive(`no ${rule} alert is due in the data of this seed`)
  did(
    `I sent the ~${sent.length} readings of ${6 + STEPS} trucks, in the order in which they arrived; ~${own.length} alerts of the rule ${rule} are due.`,
  )
  const among = (alert: { rule: RuleName }) => alert.rule === rule
  await expectAlerts(pipe, fixtures.registry, { due, last: last.filter(among), among })
}
