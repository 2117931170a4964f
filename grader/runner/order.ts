import type { KpiSpec } from '../course/types.ts'

/**
 * The order in which KPIs run: a KPI after those it waits for; among the free ones, those that failed last time first, then the manifest's order.
 * @param passedBefore KPIs that passed in the run before: a wait on one of them does not delay a KPI that failed (it is judged again later)
 */
export function runOrder(kpis: readonly KpiSpec[], passedBefore: ReadonlySet<string> = new Set()): KpiSpec[] {
  const left = [...kpis]
  const ids = new Set(kpis.map(kpi => kpi.id))
  const done = new Set<string>()
  const order: KpiSpec[] = []
  const free = (kpi: KpiSpec) => kpi.after.every(id => done.has(id) || !ids.has(id) || passedBefore.has(id))
  while (left.length > 0) {
    const next = left.find(kpi => free(kpi) && !passedBefore.has(kpi.id)) ?? left.find(free)
    if (!next) throw new Error(`KPIs wait for each other: ${left.map(kpi => kpi.id).join(', ')}`)
    order.push(next)
    done.add(next.id)
    left.splice(left.indexOf(next), 1)
  }
  return order
}
