/** The verdict as a learner reads it. */
import { createTerminal, type Terminal } from '../../ui/terminal.ts'
import { pad, wrap } from '../../ui/text.ts'
import type { KpiResult, Results } from '../types.ts'
import { compact } from './compact.ts'
import { isOurs, labName } from './facts.ts'
import { feedbackLines } from './feedback.ts'
import { header, summary } from './frame.ts'
import { kpiColumns, kpiLines } from './kpi-lines.ts'
import type { RenderOptions } from './options.ts'

/** Wider than this a line is hard to read. */
const MAX_WIDTH = 100

/** The whole verdict as text that ends in a line feed; with `compact`, at most the terminal's height. */
export function terminal(results: Results, options: RenderOptions = {}): string {
  const term = options.terminal ?? createTerminal()
  const width = Math.min(term.width, MAX_WIDTH)
  if (options.compact) return `${compact(results, term, width, options).join('\n')}\n`
  const lines = [
    '',
    ...header(results, term, width, options.lab?.story),
    '',
    ...body(results, term, width),
    '',
    ...summary(results, term, width, options),
    ...notes(results, term, width),
    '',
  ]
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`
}

function body(results: Results, term: Terminal, width: number): string[] {
  const columns = kpiColumns(results.kpis, term, width)
  const indent = width < 72 ? 6 : 10
  const told = new Map<string, string>()
  const block = (kpi: KpiResult): string[] => [...kpiLines(kpi, results, term, columns), ...tell(kpi, told, term, width, indent)]
  const bonus = results.kpis.filter(kpi => kpi.bonus)
  const lines = results.kpis.filter(kpi => !kpi.bonus).flatMap(block)
  return bonus.length === 0 ? lines : [...lines, '', `  ${term.c.bold('Bonus')}`, ...bonus.flatMap(block)]
}

/** One cause on this machine often stops every KPI: it is told once. */
function tell(kpi: KpiResult, told: Map<string, string>, term: Terminal, width: number, indent: number): string[] {
  if (kpi.verdict === 'pass' || kpi.verdict === 'not-run') return []
  const cause = isOurs(kpi.verdict) && kpi.feedback?.because ? `${kpi.verdict} ${kpi.feedback.code} ${kpi.feedback.because}` : undefined
  const before = cause && told.get(cause)
  if (before) return [`${' '.repeat(indent)}${term.c.yellow(`as for ${term.text(before)}`)}`]
  if (cause) told.set(cause, kpi.id)
  return feedbackLines(kpi, term, width, indent)
}

/** Changed protected files and limits that this platform does not enforce. */
function notes(results: Results, term: Terminal, width: number): string[] {
  const label = pad('note:', 6)
  const changed = results.protectedChanged.map(
    file => `${file} is not yours to edit: the original was judged. Bring it back with pnpm reset ${labName(results)} ${file}`,
  )
  const texts = [...changed, ...results.unenforced.map(limit => `not enforced on this platform: ${limit}`)]
  return texts.flatMap(text =>
    wrap(term.text(text), width - label.length).map((line, i) => term.c.yellow(i === 0 ? label : ' '.repeat(label.length)) + line),
  )
}
