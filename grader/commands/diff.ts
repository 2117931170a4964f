/** `pnpm diff`: what the learner changed; once the lab is passed, how the solution differs. */
import { defineCommand } from 'citty'
import { labFiles } from '../course/lab-files.ts'
import { currentLab, findLab } from '../course/labs.ts'
import { readSolution } from '../course/overlay.ts'
import { type Change, patchOf } from '../course/patches.ts'
import { isPassed, nextKpi, readProgress } from '../course/progress.ts'
import { repositoryRoot } from '../course/root.ts'
import type { Lab } from '../course/types.ts'
import { CodedError } from '../errors/coded-error.ts'
import { type Terminal, terminalOf } from '../ui/terminal.ts'

/** `pnpm diff [lab] [--solution] [--instructor]` */
export default defineCommand({
  meta: {
    name: 'diff',
    description: 'What you changed since the starter; with --solution, what the solution does otherwise',
    examples: [
      'pnpm diff lab-6.2                 your changes, as a patch',
      'pnpm diff lab-6.2 --solution      from your files to the solution, once the lab is passed',
      'pnpm diff lab-6.2 > mine.patch    plain text, fit for git apply',
    ],
  } as never,
  args: {
    lab: { type: 'positional', required: false, description: 'lab-6.2, 6.2 or the folder name; without it the lab you are working on' },
    solution: { type: 'boolean', description: 'compare with the solution (open when every KPI that is not a bonus has passed)' },
    instructor: { type: 'boolean', description: 'with --solution: do not ask whether the lab is passed' },
  },
  run({ args }) {
    const root = repositoryRoot()
    const lab = args.lab ? findLab(root, args.lab) : currentLab(root)
    const patch = args.solution ? solutionPatch(root, lab, args.instructor === true) : learnerPatch(root, lab)
    const same = args.solution ? 'your files are the same as the solution' : 'your files are the same as the starter'
    if (patch === '') process.stderr.write(`lab ${lab.id}: ${same}\n`)
    else process.stdout.write(coloured(terminalOf(), patch))
    return 0
  },
})

/** The learner's changes as a patch: editable, protected and new files; empty when there are none. */
export function learnerPatch(root: string, lab: Lab): string {
  const changes = labFiles(root, lab)
    .filter(file => file.state !== 'unreadable')
    .map((file): Change => ({ path: file.path, from: file.original?.content, to: file.now?.content }))
  return patchOf(`labs/${lab.folder}`, changes, { from: 'starter', to: 'yours' })
}

/**
 * From the learner's files to the solution.
 * @throws CodedError MR-E-024 before the lab is passed, unless for an instructor
 */
export function solutionPatch(root: string, lab: Lab, instructor: boolean): string {
  const progress = readProgress(root, lab.id)
  if (!instructor && !progress.passedAt && !isPassed(lab, progress)) {
    const missing = lab.kpis.filter(kpi => !kpi.bonus && progress.kpis[kpi.id]?.verdict !== 'pass').map(kpi => kpi.id)
    const open = `${missing.length} of its KPIs ${missing.length === 1 ? 'has' : 'have'} not passed (${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ' …' : ''})`
    throw new CodedError('MR-E-024', { lab: lab.id, open, kpi: nextKpi(lab, progress)?.id ?? missing[0] })
  }
  const solution = readSolution(lab)
  const files = new Map(labFiles(root, lab).map(file => [file.path, file]))
  const paths = [...new Set([...lab.edit, ...solution.keys()])]
  const changes = paths.map((path): Change => {
    const file = files.get(path)
    return { path, from: file?.now?.content, to: solution.get(path)?.content ?? file?.original?.content }
  })
  return patchOf(`labs/${lab.folder}`, changes, { from: 'yours', to: 'solution' })
}

function coloured(term: Terminal, patch: string): string {
  const { c } = term
  const paint = (line: string): string => {
    if (/^(---|\+\+\+) /.test(line)) return c.bold(line)
    if (line.startsWith('@@')) return c.cyan(line)
    if (line.startsWith('+')) return c.green(line)
    if (line.startsWith('-')) return c.red(line)
    return line
  }
  // Only a terminal needs its control characters tamed; a patch in a file keeps every byte.
  return term.tty
    ? patch
        .split('\n')
        .map(line => paint(term.text(line)))
        .join('\n')
    : patch
}
