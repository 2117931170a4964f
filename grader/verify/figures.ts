import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabReport } from './gate.ts'

/** Where the gate keeps its figures; the README's figures are held to it by a test. */
export const FIGURES_FILE = 'grader/verify/figures.json'

/** Figures of one lab on one engine. */
export interface LabFigures {
  kpis: number
  mutants: number
  /** Mutants failed by every KPI that names them, of all mutants. */
  mutantKillRate: number
  /** Runs of the solution in which some KPI did not pass, of all its runs. */
  flakeRate: number
  solutionRuns: number
  /** Milliseconds, warm session, over mutants: files handed over → first failing verdict. */
  saveToVerdictP50: number
  saveToVerdictP95: number
}

export type Figures = Record<string, LabFigures>

const percentile = (values: readonly number[], p: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)] ?? 0
}

/** Figures of the gate's reports, keyed "6.2 embedded". */
export function figuresOf(reports: readonly LabReport[]): Figures {
  return Object.fromEntries(
    reports.map(report => {
      const mutants = report.verdicts.filter(verdict => verdict.variant.startsWith('mutant:'))
      const solutions = report.verdicts.filter(verdict => verdict.variant.startsWith('solution'))
      const times = mutants.map(verdict => verdict.firstVerdictMs)
      const figures: LabFigures = {
        kpis: report.kpis,
        mutants: mutants.length,
        mutantKillRate: mutants.length === 0 ? 0 : mutants.filter(verdict => verdict.problems.length === 0).length / mutants.length,
        flakeRate: solutions.length === 0 ? 0 : solutions.filter(verdict => verdict.notPassed.length > 0).length / solutions.length,
        solutionRuns: solutions.length,
        saveToVerdictP50: percentile(times, 50),
        saveToVerdictP95: percentile(times, 95),
      }
      return [`${report.lab} ${report.engine}`, figures]
    }),
  )
}

/** The figures file's new text: figures of labs that were not verified this time are kept. */
export function mergeFigures(root: string, figures: Figures): string {
  const path = join(root, FIGURES_FILE)
  const was = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Figures) : {}
  const all = { ...was, ...figures }
  return `${JSON.stringify(Object.fromEntries(Object.entries(all).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))), null, 2)}\n`
}
