import { renderers } from '../results/render/index.ts'
import type { KpiResult, Results } from '../results/types.ts'
import type { Terminal } from '../ui/terminal.ts'

/** What watch mode shows. */
export interface WatchView {
  results: Results | undefined
  /** Line under the verdict: "judging no-race …", "waiting for a save". */
  status: string
  /** Replaces the verdict until the next key: a hint, the list, a question. */
  overlay: string | undefined
  /** The KPI whose feedback is shown; default the first that failed. */
  focus: string | undefined
}

const KEYS = 'h hint  n next  l list  a run all  x reset  q quit'

/** The focused KPI's feedback is shown first: the compact view opens the first failure it meets. */
function focused(results: Results, focus: string | undefined): Results {
  const kpi = results.kpis.find(candidate => candidate.id === focus)
  if (!kpi) return results
  return { ...results, kpis: [kpi, ...results.kpis.filter(other => other !== kpi)] }
}

/** The whole screen as text: never more lines than the terminal has. */
export function drawScreen(view: WatchView, term: Terminal): string {
  const rows = Number.isFinite(term.height) ? term.height : 40
  const body =
    view.overlay ??
    (view.results ? renderers.terminal(focused(view.results, view.focus), { terminal: term, compact: true, reserveRows: 3 }) : '')
  const lines = body
    .replace(/\n+$/, '')
    .split('\n')
    .slice(0, rows - 3)
  return [...lines, '', term.c.dim(term.text(view.status)), term.c.dim(KEYS)].join('\n')
}

/** Failed KPIs in order, for the key `n`. */
export function nextFocus(results: Results | undefined, focus: string | undefined): string | undefined {
  const failed = (results?.kpis ?? []).filter((kpi: KpiResult) => kpi.verdict !== 'pass' && kpi.verdict !== 'not-run').map(kpi => kpi.id)
  if (failed.length === 0) return undefined
  const at = failed.indexOf(focus ?? failed[0]!)
  return failed[(at + 1) % failed.length]
}

/** A line a KPI, for the key `l`. */
export function listText(results: Results | undefined, term: Terminal): string {
  if (!results) return 'No verdict yet.'
  const mark: Record<string, string> = {
    pass: term.c.green(term.sym.pass),
    fail: term.c.red(term.sym.fail),
    timeout: term.c.red(term.sym.fail),
    'not-run': term.sym.locked,
  }
  return results.kpis
    .map(kpi => `  ${mark[kpi.verdict] ?? term.sym.unsure} ${kpi.id.padEnd(28)} ${kpi.verdict.padEnd(18)} ${kpi.points} pts`)
    .join('\n')
}
