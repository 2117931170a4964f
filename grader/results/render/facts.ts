/** Words and counts that several views share. */
import type { KpiResult, Results, Verdict } from '../types.ts'

/** A learner pays for these two only. */
export const isLearners = (verdict: Verdict): boolean => verdict === 'fail' || verdict === 'timeout'

/** Not the learner's doing: nothing was decided. */
export const isOurs = (verdict: Verdict): boolean =>
  verdict === 'inconclusive' || verdict === 'environment-error' || verdict === 'grader-error'

/** The lab as commands name it: "lab-6.2". */
export const labName = (results: Results): string => (results.lab.startsWith('lab-') ? results.lab : `lab-${results.lab}`)

/** "a", "a and b", "a, b and c". */
export function listOf(items: readonly string[]): string {
  return items.length <= 1 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** Why a KPI did not run, with the command that changes it where there is one. */
export function notRunText(kpi: KpiResult, results: Results): string {
  switch (kpi.reason) {
    case 'locked': {
      const waits = kpi.waitsFor ?? []
      return waits.length === 0 ? 'locked' : `locked until ${listOf(waits)} ${waits.length === 1 ? 'passes' : 'pass'}`
    }
    case 'needs-docker':
      return `needs docker: pnpm grade ${labName(results)} --engine docker`
    case 'cancelled':
      return 'not run: the run was ended before its turn'
    default:
      return 'not run: left out by --kpi'
  }
}

/** "2 pts", "1 pt", "0.5 pts". */
export const pointsText = (points: number): string => `${round(points)} ${points === 1 ? 'pt' : 'pts'}`

/** At most two decimals, no trailing zeros. */
export const round = (value: number): string => String(Math.round(value * 100) / 100)

/** "0.84 s", "12.3 s", "2 min 5 s". */
export function durationText(ms: number): string {
  const s = ms / 1000
  if (s < 10) return `${s.toFixed(2)} s`
  if (s < 60) return `${s.toFixed(1)} s`
  const whole = Math.round(s)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** "3 passed, 1 failed, 2 locked": only what there is. */
export function countsText(kpis: readonly KpiResult[]): string {
  const count = (word: string, test: (kpi: KpiResult) => boolean): string[] => {
    const n = kpis.filter(test).length
    return n === 0 ? [] : [`${n} ${word}`]
  }
  return [
    ...count('passed', k => k.verdict === 'pass'),
    ...count('failed', k => k.verdict === 'fail'),
    ...count('timed out', k => k.verdict === 'timeout'),
    ...count('undecided', k => isOurs(k.verdict)),
    ...count('locked', k => k.reason === 'locked'),
    ...count('not run', k => k.verdict === 'not-run' && k.reason !== 'locked'),
  ].join(', ')
}

/** What to read first: the first KPI the learner pays for, else the first that could not be decided. */
export function firstTrouble(kpis: readonly KpiResult[]): KpiResult | undefined {
  return kpis.find(k => isLearners(k.verdict)) ?? kpis.find(k => isOurs(k.verdict))
}

/** Where `lookAt` points: "src/a.lua:9:4: why" → file, line, column and reason. */
export function parseLookAt(lookAt: string): { file: string; line?: number; column?: number; why: string } {
  const match = /^(?<file>\S+?\.\w+)(?::(?<line>\d+))?(?::(?<column>\d+))?(?::?\s+(?<why>[\s\S]*))?$/.exec(lookAt)
  if (!match?.groups) return { file: '', why: lookAt }
  const { file = '', line, column, why = '' } = match.groups
  return { file, ...(line ? { line: Number(line) } : {}), ...(column ? { column: Number(column) } : {}), why }
}
