import { KpiFailure } from '../../../kpi/outcomes.ts'
import type { Feedback } from '../../../results/types.ts'

/** As `fail` of kpi/index.ts, for helpers that the bench uses too: that module is only for KPI tests. Throws KpiFailure. */
export function fail(feedback: Partial<Feedback>): never {
  throw new KpiFailure(feedback)
}
