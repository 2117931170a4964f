import type { Terminal } from '../ui/terminal.ts'
import type { Figures } from './figures.ts'
import type { LabReport } from './gate.ts'

const percent = (rate: number): string => `${Math.round(rate * 1000) / 10} %`

/** Each name once, with how often it is there when that is more than once. */
const counted = (names: readonly string[]): string[] =>
  [...new Set(names)].map(name => {
    const n = names.filter(other => other === name).length
    return n > 1 ? `${name} ${n}×` : name
  })

/** The gate's report for people: a line a lab and engine, then every problem. */
export function renderGate(reports: readonly LabReport[], figures: Figures, terminal: Terminal): string {
  const { c, sym } = terminal
  const lines = reports.map(report => {
    const f = figures[`${report.lab} ${report.engine}`]!
    const ok = report.problems.length === 0
    const undecided = report.verdicts.filter(verdict => verdict.variant.startsWith('solution')).flatMap(verdict => verdict.undecided ?? [])
    const cached = report.verdicts.filter(verdict => verdict.cached).length
    const facts = [
      `${f.kpis} KPIs`,
      `${f.mutants} mutants, ${percent(f.mutantKillRate)} killed`,
      `solution ${f.solutionRuns}×, flake rate ${percent(f.flakeRate)}`,
      `save → verdict p50 ${f.saveToVerdictP50} ms, p95 ${f.saveToVerdictP95} ms`,
      ...(undecided.length > 0 ? [`undecided: ${counted(undecided).join(', ')}`] : []),
      ...(report.notBegun > 0 ? [`no time left for ${report.notBegun}`] : []),
      ...(cached > 0 ? [`${cached} of ${report.verdicts.length} from the cache`] : []),
    ]
    const head = `${ok ? c.green(sym.pass) : c.red(sym.fail)} ${report.folder.padEnd(24)} ${report.engine.padEnd(9)} ${facts.join(' · ')}`
    return [head, ...report.problems.map(problem => `    ${c.red(problem)}`)].join('\n')
  })
  const bad = reports.reduce((sum, report) => sum + report.problems.length, 0)
  return `${lines.map(line => (terminal.unicode ? line : terminal.text(line))).join('\n')}\n\n${bad === 0 ? c.green('The gate is open.') : c.red(`${bad} problem${bad === 1 ? '' : 's'}: the gate is closed.`)}\n`
}
