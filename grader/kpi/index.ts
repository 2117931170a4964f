/** Everything a KPI test imports. */

export { expect } from 'vitest'
export { did } from './current.ts'
export { eventually } from './eventually.ts'
export { fail, inconclusive } from './fail.ts'
export { kpi } from './kpi.ts'
export { EnvironmentFault, Inconclusive, KpiFailure, LearnerFault } from './outcomes.ts'
