/** Running the learner's programs, as the KPI fixtures and the grade process use it. */
export { createLearner, type LearnerOptions, type OwnedLearner } from './learner.ts'
export { unenforcedLimits } from './platform.ts'
