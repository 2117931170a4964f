/** One KPI as a line: symbol, id, claim (or why it did not run), points. */
import type { Terminal } from '../../ui/terminal.ts'
import { pad, truncate, widthOf, wrap } from '../../ui/text.ts'
import type { KpiResult, Results } from '../types.ts'
import { notRunText, pointsText } from './facts.ts'

/** Column widths shared by all KPI lines of one verdict. */
export interface KpiColumns {
  width: number
  id: number
  points: number
}

const LEAD = 4 // "  ✗ "

/** Columns that fit the longest id and the points into `width`. */
export function kpiColumns(kpis: readonly KpiResult[], term: Terminal, width: number): KpiColumns {
  const longest = Math.max(0, ...kpis.map(kpi => widthOf(term.text(kpi.id))))
  return { width, id: Math.min(longest, Math.floor(width * 0.4)), points: Math.max(0, ...kpis.map(kpi => points(kpi).length)) }
}

/** The KPI's lines; `oneLine` cuts the claim instead of wrapping it. */
export function kpiLines(kpi: KpiResult, results: Results, term: Terminal, columns: KpiColumns, oneLine = false): string[] {
  const { c } = term
  const id = term.text(kpi.id)
  const text = term.text(kpi.verdict === 'not-run' ? notRunText(kpi, results) : kpi.claim)
  const paint = kpi.verdict === 'not-run' ? c.dim : (plain: string) => plain
  const value = pad(points(kpi), columns.points, 'right')
  const end = kpi.verdict === 'pass' ? c.green(value) : c.dim(value)
  const room = columns.width - LEAD - columns.id - 2 - 2 - columns.points
  const lead = `  ${symbol(kpi, term)} `
  if (oneLine || (room >= 24 && widthOf(id) <= columns.id)) {
    const name = truncate(id, columns.id, term.sym.ellipsis)
    const lines = oneLine ? [truncate(text, Math.max(0, room), term.sym.ellipsis)] : wrap(text, room)
    const first = `${lead}${pad(name, columns.id)}  ${pad(paint(lines[0] ?? ''), room)}  ${end}`
    return [first, ...lines.slice(1).map(line => ' '.repeat(LEAD + columns.id + 2) + paint(line))]
  }
  const name = truncate(id, columns.width - LEAD - 2 - columns.points, term.sym.ellipsis)
  return [
    `${lead}${pad(name, columns.width - LEAD - 2 - columns.points)}  ${end}`,
    ...wrap(text, columns.width - LEAD).map(line => ' '.repeat(LEAD) + paint(line)),
  ]
}

/** ✓ pass, ✗ the learner's, ○ locked, · not run, ? undecided, ! machine or grader. */
export function symbol(kpi: KpiResult, term: Terminal): string {
  const { c, sym } = term
  switch (kpi.verdict) {
    case 'pass':
      return c.green(sym.pass)
    case 'fail':
    case 'timeout':
      return c.red(sym.fail)
    case 'inconclusive':
      return c.yellow(sym.unsure)
    case 'not-run':
      return c.dim(kpi.reason === 'locked' ? sym.locked : sym.skipped)
    default:
      return c.yellow(sym.alert)
  }
}

const points = (kpi: KpiResult): string => `${kpi.bonus ? '+' : ''}${pointsText(kpi.points)}`
