/** LearnerFaults with a code of the errors table; the table's fix is shown with the code. */
import type { ErrorCode } from '../errors/table.ts'
import { LearnerFault } from '../kpi/outcomes.ts'
import type { Feedback } from '../results/types.ts'

/** A LearnerFault with its code. `feedback` holds every fact; the fixes of these codes need none. */
export const fault = (code: ErrorCode, feedback: Partial<Feedback>): LearnerFault => new LearnerFault({ code, ...feedback })
