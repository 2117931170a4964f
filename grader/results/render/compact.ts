/** Watch mode: the whole verdict on one screen. The feedback of one KPI gets the rows that the list leaves. */
import type { Terminal } from '../../ui/terminal.ts'
import { truncate } from '../../ui/text.ts'
import type { KpiResult, Results } from '../types.ts'
import { firstTrouble } from './facts.ts'
import { feedbackLines } from './feedback.ts'
import { header, summary } from './frame.ts'
import { type KpiColumns, kpiColumns, kpiLines } from './kpi-lines.ts'
import type { RenderOptions } from './options.ts'

/** Rows the first failure's feedback should get before passed KPIs are folded into one line. */
const MIN_FEEDBACK = 5

/** At most `term.height - reserveRows` lines, each at most `width` columns. */
export function compact(results: Results, term: Terminal, width: number, options: RenderOptions): string[] {
  const rows = Math.max(3, term.height - (options.reserveRows ?? 0))
  const head = header({ ...results, story: undefined }, term, width)
  const foot = summary(results, term, width, options)
  const trouble = firstTrouble(results.kpis)
  const feedback = trouble ? feedbackLines(trouble, term, width, width < 72 ? 4 : 6) : []
  const room = rows - head.length - foot.length
  const list = kpiRows(results, term, width, Math.max(1, room - Math.min(feedback.length, MIN_FEEDBACK)))
  const blank = room - list.length - feedback.length >= 2 ? [''] : []
  const left = Math.max(0, room - list.length - 2 * blank.length)
  const lines = [...head, ...blank, ...withFeedback(list, trouble?.id, cutTo(feedback, left, term, width)), ...blank, ...foot]
  return lines.slice(0, rows).map(line => line.trimEnd())
}

interface Row {
  kpi?: string
  line: string
}

/** One row a KPI; when that is too many, passed ones fold first, then those not run, then the last failures. */
function kpiRows(results: Results, term: Terminal, width: number, max: number): Row[] {
  const columns = kpiColumns(results.kpis, term, width)
  const one = (kpi: KpiResult): Row => ({ kpi: kpi.id, line: kpiLines(kpi, results, term, columns, true)[0]! })
  if (results.kpis.length <= max) return results.kpis.map(one)
  const passed = results.kpis.filter(kpi => kpi.verdict === 'pass')
  const waiting = results.kpis.filter(kpi => kpi.verdict === 'not-run')
  const rest = results.kpis.filter(kpi => kpi.verdict !== 'pass' && kpi.verdict !== 'not-run')
  const fold = (kpis: KpiResult[], mark: string, word: string): Row[] =>
    kpis.length === 0 ? [] : [{ line: folded(kpis, mark, word, term, columns) }]
  const passedRow = fold(passed, term.c.green(term.sym.pass), 'passed')
  if (passedRow.length + rest.length + waiting.length <= max) return [...passedRow, ...rest.map(one), ...waiting.map(one)]
  const waitingRow = fold(waiting, term.c.dim(term.sym.locked), 'not run')
  const room = Math.max(1, max - passedRow.length - waitingRow.length)
  if (rest.length <= room) return [...passedRow, ...rest.map(one), ...waitingRow].slice(0, max)
  const shown = rest.slice(0, Math.max(1, room - 1))
  const hidden = fold(rest.slice(shown.length), term.c.red(term.sym.fail), 'more not passed')
  return [...shown.map(one), ...hidden, ...passedRow, ...waitingRow].slice(0, max)
}

function folded(kpis: KpiResult[], mark: string, word: string, term: Terminal, columns: KpiColumns): string {
  const text = `${kpis.length} ${word}: ${kpis.map(kpi => term.text(kpi.id)).join(', ')}`
  return `  ${mark} ${truncate(text, columns.width - 4, term.sym.ellipsis)}`
}

function cutTo(lines: string[], rows: number, term: Terminal, width: number): string[] {
  if (lines.length <= rows) return lines
  if (rows === 0) return []
  const shown = lines.slice(0, rows - 1)
  const more = `      ${term.sym.ellipsis} ${lines.length - shown.length} more lines: pnpm grade shows all`
  return [...shown, term.c.dim(truncate(more, width, term.sym.ellipsis))]
}

/** The block goes right under its KPI, or under the list when that row was folded away. */
function withFeedback(list: Row[], id: string | undefined, feedback: string[]): string[] {
  const at = list.findIndex(row => row.kpi === id)
  const after = at === -1 ? list.length : at + 1
  return [...list.slice(0, after).map(row => row.line), ...feedback, ...list.slice(after).map(row => row.line)]
}
