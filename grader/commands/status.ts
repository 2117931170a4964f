/** `pnpm status`: the map of the course. */
import { defineCommand } from 'citty'
import { findLab } from '../course/labs.ts'
import { LEVELS } from '../course/levels.ts'
import { repositoryRoot } from '../course/root.ts'
import { type CourseStatus, courseStatus, type LabStatus } from '../course/status.ts'
import { table } from '../ui/table.ts'
import { type Terminal, terminalOf } from '../ui/terminal.ts'
import { pad, widthOf } from '../ui/text.ts'

/** `pnpm status [lab]` */
export default defineCommand({
  meta: {
    name: 'status',
    description: 'The map of all labs: what is done, what is open, what to do next',
    examples: ['pnpm status', 'pnpm status lab-6.2               KPI by KPI', 'pnpm status --json | jq .next'],
  } as never,
  args: {
    lab: { type: 'positional', required: false, description: 'show the KPIs of this lab: lab-6.2, 6.2 or the folder name' },
    json: { type: 'boolean', description: 'print the status as JSON' },
  },
  run({ args }) {
    const root = repositoryRoot()
    const only = args.lab ? findLab(root, args.lab).id : undefined
    const status = courseStatus(root, text => process.stderr.write(`note: ${text}\n`))
    if (args.json) console.log(JSON.stringify(only ? status.labs.find(lab => lab.id === only) : status, null, 2))
    else console.log(statusLines(terminalOf(), status, only).join('\n'))
    return 0
  },
})

/** The map as lines; of lab `only` (default: the current one) also its KPIs and notable files. */
export function statusLines(term: Terminal, status: CourseStatus, only?: string): string[] {
  const { c } = term
  const shown = only ?? status.current
  const lines = ['', head(term, status), '']
  const levels = [...new Set(status.labs.map(lab => lab.level))]
  // Levels are tables of their own; the widest title and sum of all keep them aligned.
  const widths = {
    title: Math.max(0, ...status.labs.map(lab => widthOf(lab.title))),
    points: Math.max(0, ...status.labs.map(lab => pointsText(lab).length)),
  }
  for (const level of only ? [] : levels) {
    const labs = status.labs.filter(lab => lab.level === level)
    lines.push(
      c.bold(`Level ${level}  ${LEVELS[level] ?? ''}`),
      ...table(
        term,
        LAB_COLUMNS,
        labs.map(lab => labRow(term, lab, lab.id === status.current, widths)),
        2,
      ),
      '',
    )
  }
  const lab = status.labs.find(({ id }) => id === shown)
  if (lab && (only || lab.state !== 'new')) {
    lines.push(
      c.bold(`Lab ${lab.id}  ${term.text(lab.title)}`),
      ...table(
        term,
        KPI_COLUMNS,
        lab.kpis.map(kpi => kpiRow(term, kpi)),
        2,
      ),
      '',
    )
  }
  const notes = status.labs.filter(({ id }) => !only || id === only).flatMap(other => fileNotes(other))
  if (notes.length > 0) lines.push(...notes.map(note => term.text(note)), '')
  lines.push(status.next ? `next: ${status.next}` : status.labs.length === 0 ? 'there are no labs here' : 'every lab is passed', '')
  return lines
}

const LAB_COLUMNS = [{}, {}, { flexible: true }, {}, { align: 'right' as const }, {}]
const KPI_COLUMNS = [{}, {}, { flexible: true }, { align: 'right' as const }]

function head(term: Terminal, { totals }: CourseStatus): string {
  return (
    term.c.bold(`${totals.passed} of ${totals.labs} ${totals.labs === 1 ? 'lab' : 'labs'} passed`) +
    ` ${term.sym.dot} ${totals.earned} of ${totals.points} points`
  )
}

function labRow(term: Terminal, lab: LabStatus, current: boolean, widths: { title: number; points: number }): string[] {
  const { c, sym } = term
  const mark = lab.state === 'passed' ? c.green(sym.pass) : lab.state === 'started' ? c.yellow(sym.locked) : c.dim(sym.dot)
  const title = pad(term.text(lab.title), widths.title)
  return [
    mark,
    current ? c.bold(lab.id) : lab.id,
    title,
    bar(term, lab.points.earned, lab.points.points),
    pad(pointsText(lab), widths.points, 'right'),
    c.dim(remark(lab)),
  ]
}

function pointsText({ points }: LabStatus): string {
  return `${points.earned}/${points.points} pts${points.bonusEarned > 0 ? ` +${points.bonusEarned}` : ''}`
}

/** Ten cells; a cell is filled only when it is earned, so that a full bar means all points. */
function bar(term: Terminal, earned: number, points: number): string {
  const filled = points > 0 ? Math.floor((earned / points) * 10) : 0
  const [full, empty] = term.unicode ? ['█', '░'] : ['#', '-']
  return term.c.green(full.repeat(filled)) + term.c.dim(empty.repeat(10 - filled))
}

function remark(lab: LabStatus): string {
  const count = (...states: string[]): number => lab.kpis.filter(kpi => states.includes(kpi.state)).length
  const parts = [
    [count('fail', 'timeout'), 'failed'],
    [lab.state === 'new' ? 0 : count('open'), 'open'],
    [lab.state === 'new' ? 0 : count('locked'), 'locked'],
    [count('inconclusive'), 'undecided'],
    [count('needs-docker'), 'on docker only'],
  ].flatMap(([n, what]) => ((n as number) > 0 ? [`${n} ${what}`] : []))
  if (lab.editedSince) parts.push('edited since')
  return lab.state === 'new' ? `${lab.kpis.length} KPIs, about ${lab.minutes} min` : parts.join(', ')
}

function kpiRow(term: Terminal, kpi: LabStatus['kpis'][number]): string[] {
  const { c, sym } = term
  const marks: Record<string, string> = {
    pass: c.green(sym.pass),
    fail: c.red(sym.fail),
    timeout: c.red(sym.fail),
    locked: c.dim(sym.locked),
    open: sym.dot,
    'needs-docker': c.dim(sym.skipped),
  }
  const waits =
    kpi.state === 'locked'
      ? `locked until ${kpi.waitsFor.join(', ')} ${kpi.waitsFor.length === 1 ? 'passes' : 'pass'}`
      : kpi.state === 'needs-docker'
        ? 'needs docker'
        : ''
  const hints = kpi.hintsShown > 0 && kpi.state !== 'pass' ? `${kpi.hintsShown} of 3 hints seen` : ''
  const remark = [waits, hints]
    .filter(Boolean)
    .map(text => c.dim(` ${sym.dot} ${text}`))
    .join('')
  return [marks[kpi.state] ?? c.yellow(sym.unsure), kpi.id, term.text(kpi.claim) + remark, `${kpi.points} pts${kpi.bonus ? ' bonus' : ''}`]
}

/** What a learner should know about files, in plain words. */
function fileNotes(lab: LabStatus): string[] {
  const of = (role: string, ...states: string[]): string[] =>
    lab.files.filter(file => file.role === role && states.includes(file.state)).map(file => file.path)
  const say = (paths: string[], text: string): string[] => (paths.length > 0 ? [`lab ${lab.id}: ${paths.join(', ')} ${text}`] : [])
  return [
    ...say(of('edit', 'missing'), `missing; back with pnpm reset lab-${lab.id} <file>`),
    ...say(of('edit', 'unreadable'), 'cannot be read as a plain file (a link, a folder, or over 1 MB)'),
    ...say(
      [...of('edit', 'old'), ...of('protected', 'old')],
      `older than the course's newest version and not edited by you; safe to update: pnpm reset lab-${lab.id} --update`,
    ),
    ...say(of('edit', 'edited-old'), `edited by you, and the course has a newer starter; merge it in: pnpm reset lab-${lab.id} --update`),
    ...say(
      of('protected', 'edited', 'missing', 'unreadable'),
      `changed, but not yours to edit: the originals are judged; back with pnpm reset lab-${lab.id} <file>`,
    ),
  ]
}
