import type { KpiResult, Results } from '../results/types.ts'
import { exitCodeOf, nextCommand, totals } from '../runner/settle.ts'

/**
 * What the screen shows while a run goes on: fresh verdicts where there are some, those of the run before where not.
 * @param fresh verdicts of the run that is under way, by KPI id
 */
export function mergeResults(before: Results, fresh: ReadonlyMap<string, KpiResult>): Results {
  const kpis = before.kpis.map(kpi => fresh.get(kpi.id) ?? kpi)
  const merged = { ...before, kpis, totals: totals(kpis), exitCode: exitCodeOf(kpis) }
  return { ...merged, next: nextCommand(merged, kpis as never) }
}

/** Ids of the KPIs that passed. */
export const passedOf = (results: Results | undefined): Set<string> =>
  new Set(results?.kpis.filter(kpi => kpi.verdict === 'pass').map(kpi => kpi.id))
