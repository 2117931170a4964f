/** LearnerFaults with a code of the errors table. */
import { ERRORS, type ErrorCode } from '../errors/table.ts'
import { LearnerFault } from '../kpi/outcomes.ts'
import type { Feedback } from '../results/types.ts'

/** A LearnerFault with its code and, as `because`, the table's fix with `facts` filled in. */
export const fault = (code: ErrorCode, facts: Record<string, unknown>, feedback: Partial<Feedback>): LearnerFault => {
  const fix = ERRORS[code].fix.replace(/\{(\w+)\}/g, (_, key: string) => String(facts[key] ?? `{${key}}`))
  return new LearnerFault({ code, because: fix, ...feedback })
}
