import { readFileSync } from 'node:fs'
import type { ComposeMap, EngineName } from '../course/types.ts'
import type { QuestionSet } from '../experiments/predictions/types.ts'
import type { ServiceEndpoint } from '../services/types.ts'

/** What the grade process tells the KPI worker: written as a file, named by MILLRACE_PLAN. */
export interface Plan {
  runId: string
  /** Epoch milliseconds; zero of the timeline. */
  runStart: number
  lab: string
  engine: EngineName
  seed: number
  /** Which questions are asked, in a lab that asks for predictions: the learner's own, or for the course's variants those of the seed. */
  questions: QuestionSet
  workspace: string
  evidence: string
  /** A folder of the run's own for scratch files and sockets. */
  runDir: string
  nodeModules: string
  endpoints: ServiceEndpoint[]
  /** Services that the learner's compose file provides: none on the embedded engine. */
  compose: ComposeMap
  /** In the order in which they are to run. */
  kpis: { id: string; file: string; deadline: number; after: string[] }[]
  /** KPIs whose locks do not hold in this run (`--kpi`, or the gate running one mutant's KPI). */
  ignoreLocks: boolean
  /** KPIs that already have their verdict in this run: a worker that died is replaced by one that goes on. */
  settled: Record<string, string>
}

/** Milliseconds that a KPI's containers may take to be built and started before its own time begins. */
export const preparationOf = ({ compose }: Pick<Plan, 'compose'>): number => (Object.keys(compose).length > 0 ? 600_000 : 0)

/**
 * The plan of this worker.
 * @throws when MILLRACE_PLAN is unset or unreadable: the KPI tests are run by `pnpm grade`, not by hand.
 */
export function readPlan(): Plan {
  const path = process.env['MILLRACE_PLAN']
  if (!path) throw new Error('MILLRACE_PLAN is not set: KPI tests are run by `pnpm grade <lab>`')
  return JSON.parse(readFileSync(path, 'utf8')) as Plan
}
