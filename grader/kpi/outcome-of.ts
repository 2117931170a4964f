import { CodedError } from '../errors/coded-error.ts'
import type { Feedback, Verdict } from '../results/types.ts'
import type { CurrentKpi } from './current.ts'
import { describe, isAssertion } from './describe.ts'
import { EnvironmentFault, Inconclusive, KpiFailure, LearnerFault } from './outcomes.ts'

/** Thrown by the KPI wrapper when the KPI's own deadline passes. */
export class DeadlineExceeded extends Error {
  readonly seconds: number
  constructor(seconds: number) {
    super(`no verdict after ${seconds} s`)
    this.name = 'DeadlineExceeded'
    this.seconds = seconds
  }
}

/** What a KPI ended with, for the grade process. */
export interface Outcome {
  verdict: Verdict
  feedback?: Feedback
  /** Our own stack, kept in the evidence, never shown to a learner. */
  stack?: string
}

/** Map what a KPI threw to its verdict and the learner's feedback. */
export function outcomeOf(error: unknown, kpi: CurrentKpi): Outcome {
  const facts = kpi.facts.flatMap(fact => fact())
  const complete = (feedback: Partial<Feedback>): Feedback => {
    const details = [...(feedback.details ?? []), ...facts.filter(fact => !feedback.details?.includes(fact))]
    return { ...feedback, did: [...kpi.did, ...(feedback.did ?? [])], ...(details.length > 0 ? { details } : {}) }
  }
  if (error instanceof KpiFailure || error instanceof LearnerFault) return { verdict: 'fail', feedback: complete(error.feedback) }
  if (isAssertion(error)) return { verdict: 'fail', feedback: complete(describe(error)) }
  if (error instanceof DeadlineExceeded)
    return {
      verdict: 'timeout',
      feedback: complete({ because: `There was no verdict after ${error.seconds} s, the deadline of this KPI.` }),
    }
  if (error instanceof Inconclusive) return { verdict: 'inconclusive', feedback: complete({ because: error.message }) }
  const stack = error instanceof Error ? { stack: String(error.stack) } : {}
  if (error instanceof EnvironmentFault || (error instanceof CodedError && error.entry.class === 'environment'))
    return {
      verdict: 'environment-error',
      feedback: complete({ because: error.message, ...(error instanceof CodedError ? { code: error.code } : {}) }),
      ...stack,
    }
  if (error instanceof CodedError && error.entry.class === 'program') return { verdict: 'fail', feedback: complete(ofCoded(error)) }
  return {
    verdict: 'grader-error',
    feedback: complete({ because: error instanceof Error ? error.message : String(error), code: 'MR-E-090' }),
    ...stack,
  }
}

/** What a coded error about the learner's files or programs tells: what is wrong, why that counts, where, and the way out. */
function ofCoded(error: CodedError): Partial<Feedback> {
  const { file, line } = error.facts
  const place = typeof file === 'string' ? { lookAt: line === undefined ? file : `${file}:${line}` } : {}
  return { saw: error.errorTitle, details: [error.errorCause], because: error.fix, code: error.code, ...place }
}
