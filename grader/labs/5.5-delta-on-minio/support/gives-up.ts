import { eventually } from '../../../kpi/index.ts'
import type { Program } from '../../../learner/types.ts'

/** True when the program has ended within that time, false when it still runs. */
export const givesUp = (program: Program, within: number): Promise<boolean> =>
  eventually('it gives up', () => !program.running, { within }).catch(() => false)
