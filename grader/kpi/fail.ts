import type { Feedback } from '../results/types.ts'
import { Inconclusive, KpiFailure } from './outcomes.ts'

/**
 * The claim does not hold: end the KPI with what the learner reads.
 * @throws KpiFailure always
 */
export function fail(feedback: Partial<Feedback>): never {
  throw new KpiFailure(feedback)
}

/**
 * The experiment could not decide.
 * @throws Inconclusive always
 */
export function inconclusive(because: string): never {
  throw new Inconclusive(because)
}
