/** What a learner has reached: last verdict per KPI, hints shown, the lab graded last. Kept under `.millrace/state/`. */
import { join } from 'node:path'
import { z } from 'zod'
import { type KpiResult, type Results, VERDICTS } from '../results/types.ts'
import { readJson, writeJson } from './json-file.ts'
import { spendQuestions } from './question-set.ts'
import { tryLoadStarter } from './starter.ts'
import { trackFiles } from './tracking.ts'
import type { KpiSpec, Lab } from './types.ts'

const kpiSchema = z.strictObject({
  verdict: z.enum(VERDICTS),
  reason: z.enum(['locked', 'needs-docker', 'filtered', 'cancelled']).optional(),
  at: z.string(),
})
const progressSchema = z.strictObject({
  version: z.literal(1),
  kpis: z.record(z.string(), kpiSchema),
  /** Steps of the hint ladder already shown, per KPI. */
  hints: z.record(z.string(), z.int().min(0).max(3)),
  /** ISO time of the last run of the learner's files. */
  gradedAt: z.string().optional(),
  /** When every needed KPI had passed for the first time. */
  passedAt: z.string().optional(),
})
const lastSchema = z.strictObject({ version: z.literal(1), lab: z.string() })

/** One learner's progress in one lab. */
export type Progress = z.infer<typeof progressSchema>

/** Where a KPI stands: the last verdict that says something about the learner's files, or nothing yet. */
export type KpiStanding = { kpi: KpiSpec; verdict: KpiResult['verdict'] | undefined; reason?: KpiResult['reason']; waitsFor: string[] }

const progressFile = (root: string, labId: string): string => join(root, '.millrace/state', `${labId}.progress.json`)
const lastFile = (root: string): string => join(root, '.millrace/state', 'last.json')

type Note = (text: string) => void

/** Progress in a lab; empty when it was never graded. A damaged file is set aside and `note` is told. */
export function readProgress(root: string, labId: string, note?: Note): Progress {
  return readJson(progressFile(root, labId), progressSchema, { version: 1, kpis: {}, hints: {} }, note)
}

/**
 * Takes a run of the learner's files into the progress; runs of solutions, starters and mutants change nothing.
 * A KPI that the run says nothing about (filtered, cancelled, undecided, our or the machine's fault) keeps what it had.
 */
export function recordRun(root: string, lab: Lab, results: Results, note?: Note): void {
  if (results.source !== 'learner') return
  const progress = readProgress(root, lab.id, note)
  const kpis = { ...progress.kpis }
  for (const kpi of results.kpis) {
    if (kpi.reason === 'filtered' || kpi.reason === 'cancelled') continue
    if (saysNothing(kpi) && kpis[kpi.id]) continue
    kpis[kpi.id] = { verdict: kpi.verdict, ...(kpi.reason ? { reason: kpi.reason } : {}), at: results.startedAt }
  }
  const next: Progress = { ...progress, kpis, gradedAt: results.startedAt }
  if (!next.passedAt && isPassed(lab, next)) next.passedAt = results.startedAt
  writeJson(progressFile(root, lab.id), next)
  writeJson(lastFile(root), { version: 1, lab: lab.id })
  if (tryLoadStarter(lab)) trackFiles(root, lab, undefined, note)
  spendQuestions(root, lab, results)
}

const saysNothing = (kpi: KpiResult): boolean =>
  kpi.reason === 'needs-docker' || ['inconclusive', 'environment-error', 'grader-error'].includes(kpi.verdict)

/** Id of the lab graded last, if any. */
export function lastLab(root: string, note?: Note): string | undefined {
  return readJson<{ lab: string } | undefined>(lastFile(root), lastSchema.optional(), undefined, note)?.lab
}

/** Remembers that a KPI's hints up to `step` (1–3) were shown. */
export function recordHint(root: string, labId: string, kpiId: string, step: number): void {
  const progress = readProgress(root, labId)
  writeJson(progressFile(root, labId), { ...progress, hints: { ...progress.hints, [kpiId]: step } })
}

/** Forgets the verdicts of a lab (its files were put back); hints shown stay shown. */
export function forgetVerdicts(root: string, labId: string): void {
  const progress = readProgress(root, labId)
  if (Object.keys(progress.kpis).length > 0) writeJson(progressFile(root, labId), { ...progress, kpis: {} })
}

/** Where each KPI of a lab stands, in the manifest's order, with the KPIs it still waits for. */
export function standings(lab: Lab, progress: Progress): KpiStanding[] {
  const passed = (id: string): boolean => progress.kpis[id]?.verdict === 'pass'
  return lab.kpis.map(kpi => ({
    kpi,
    verdict: progress.kpis[kpi.id]?.verdict,
    reason: progress.kpis[kpi.id]?.reason,
    waitsFor: kpi.after.filter(id => !passed(id)),
  }))
}

/**
 * True when every KPI that is not a bonus has passed. One that needs Docker and was never run on it does not stand in the way
 * once another has passed: the lab is passed as far as this machine can judge it.
 */
export function isPassed(lab: Lab, progress: Progress): boolean {
  const needed = lab.kpis.filter(kpi => !kpi.bonus)
  const passed = needed.filter(kpi => progress.kpis[kpi.id]?.verdict === 'pass')
  return passed.length > 0 && needed.every(kpi => passed.includes(kpi) || progress.kpis[kpi.id]?.reason === 'needs-docker')
}

/** Points of a lab as the progress has them, bonus apart. */
export function pointsOf(lab: Lab, progress: Progress): Results['totals'] {
  const sum = (bonus: boolean, earned: boolean): number =>
    lab.kpis
      .filter(kpi => kpi.bonus === bonus && (!earned || progress.kpis[kpi.id]?.verdict === 'pass'))
      .reduce((total, kpi) => total + kpi.points, 0)
  return { earned: sum(false, true), points: sum(false, false), bonusEarned: sum(true, true), bonusPoints: sum(true, false) }
}

/** The KPI to work on: the first failed one, else the first that has not passed and waits for nothing; undefined when all passed. */
export function nextKpi(lab: Lab, progress: Progress): KpiSpec | undefined {
  const open = standings(lab, progress).filter(({ verdict, reason }) => verdict !== 'pass' && reason !== 'needs-docker')
  const failed = open.find(({ verdict }) => verdict === 'fail' || verdict === 'timeout')
  const needed = open.filter(({ waitsFor }) => waitsFor.length === 0)
  return (failed ?? needed.find(({ kpi }) => !kpi.bonus) ?? needed[0])?.kpi
}
