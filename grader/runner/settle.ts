import type { KpiSpec } from '../course/types.ts'
import type { KpiReport } from '../kpi/kpi.ts'
import type { KpiResult, NotRunReason, Results } from '../results/types.ts'

/** The command that runs one KPI again as it was run. */
export function replayCommand(labId: string, kpi: string, seed: number, source: string, engine: string): string {
  const variant = source === 'learner' ? '' : source.startsWith('mutant:') ? ` --mutant ${source.slice(7)}` : ` --${source}`
  return `pnpm grade lab-${labId}${variant} --kpi ${kpi} --seed ${seed}${engine === 'docker' ? ' --engine docker' : ''}`
}

/** Turn one worker report into the KPI's result. */
export function fromReport(spec: KpiSpec, report: KpiReport, replay: string): KpiResult {
  return {
    id: spec.id,
    claim: spec.claim,
    verdict: report.verdict,
    ...(report.verdict === 'not-run' ? { reason: 'locked' as const, waitsFor: report.waitsFor ?? [] } : {}),
    points: spec.points,
    bonus: spec.bonus,
    earned: report.verdict === 'pass' ? spec.points : 0,
    durationMs: Math.round(report.endedAt - report.startedAt),
    ...(report.feedback ? { feedback: report.feedback } : {}),
    replay,
  }
}

/** A KPI that did not run, with its reason. */
export function notRun(spec: KpiSpec, reason: NotRunReason, replay: string): KpiResult {
  return {
    id: spec.id,
    claim: spec.claim,
    verdict: 'not-run',
    reason,
    points: spec.points,
    bonus: spec.bonus,
    earned: 0,
    durationMs: 0,
    replay,
  }
}

/** Sums over the KPIs, bonus apart. */
export function totals(kpis: readonly KpiResult[]): Results['totals'] {
  const sum = (bonus: boolean, key: 'earned' | 'points') =>
    kpis.filter(kpi => kpi.bonus === bonus).reduce((total, kpi) => total + kpi[key], 0)
  return { earned: sum(false, 'earned'), points: sum(false, 'points'), bonusEarned: sum(true, 'earned'), bonusPoints: sum(true, 'points') }
}

/**
 * The exit code of a run: 0 every KPI that ran passed and none is locked · 1 some failed or timed out · 3 inconclusive · 4 environment · 70 our bug.
 * The worst fact about us or the machine is never hidden behind a learner's failure, except that a failure is certain: it wins over inconclusive.
 */
export function exitCodeOf(kpis: readonly KpiResult[]): number {
  const has = (verdict: string) => kpis.some(kpi => kpi.verdict === verdict)
  if (has('grader-error')) return 70
  if (has('environment-error')) return 4
  if (has('fail') || has('timeout')) return 1
  if (has('inconclusive')) return 3
  if (kpis.some(kpi => kpi.reason === 'locked' || kpi.reason === 'cancelled')) return 1
  return 0
}

/** The one next command to show, or null when all is done. */
export function nextCommand(results: Pick<Results, 'lab' | 'source' | 'kpis'>, spec: readonly KpiSpec[]): string | null {
  const failed = results.kpis.find(kpi => kpi.verdict === 'fail' || kpi.verdict === 'timeout')
  if (failed)
    return results.source === 'learner' && spec.some(kpi => kpi.id === failed.id)
      ? `pnpm hint lab-${results.lab} ${failed.id}`
      : failed.replay
  const undecided = results.kpis.find(kpi => kpi.verdict === 'inconclusive')
  if (undecided) return undecided.replay
  if (results.kpis.some(kpi => kpi.verdict === 'environment-error')) return 'pnpm checkup'
  if (results.kpis.some(kpi => kpi.verdict === 'grader-error')) return results.kpis.find(kpi => kpi.verdict === 'grader-error')!.replay
  if (results.kpis.some(kpi => kpi.reason === 'filtered')) return `pnpm grade lab-${results.lab}`
  if (results.kpis.some(kpi => kpi.reason === 'needs-docker')) return `pnpm grade lab-${results.lab} --engine docker`
  return null
}
