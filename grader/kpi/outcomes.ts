/** What a KPI can end with besides passing. Anything else that is thrown is a `grader-error`. */
import type { Feedback } from '../results/types.ts'

/** The claim does not hold: carries what the learner reads. */
export class KpiFailure extends Error {
  readonly feedback: Partial<Feedback>
  constructor(feedback: Partial<Feedback>) {
    super(feedback.subject ?? feedback.saw ?? 'the claim does not hold')
    this.name = 'KpiFailure'
    this.feedback = feedback
  }
}

/** The learner's program is at fault before anything could be judged (exited, never ready, a limit hit): verdict `fail`. */
export class LearnerFault extends Error {
  readonly feedback: Partial<Feedback>
  constructor(feedback: Partial<Feedback>) {
    super(feedback.saw ?? feedback.because ?? 'the program failed')
    this.name = 'LearnerFault'
    this.feedback = feedback
  }
}

/** The experiment could not decide (no fault took effect, ratio within its spread): verdict `inconclusive`. */
export class Inconclusive extends Error {
  constructor(because: string) {
    super(because)
    this.name = 'Inconclusive'
  }
}

/** The machine is at fault (port taken, disk full, a service that does not start): verdict `environment-error`. */
export class EnvironmentFault extends Error {
  constructor(because: string, options?: ErrorOptions) {
    super(because, options)
    this.name = 'EnvironmentFault'
  }
}
