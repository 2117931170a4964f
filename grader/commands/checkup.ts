/** `pnpm checkup`: is this machine fit for grading, and is anything left over? */
import { defineCommand } from 'citty'
import type { Finding } from '../checkup/finding.ts'
import { checkup } from '../checkup/index.ts'
import { repositoryRoot } from '../course/root.ts'
import { startProgress } from '../ui/progress.ts'
import { type Terminal, terminalOf } from '../ui/terminal.ts'
import { wrap } from '../ui/text.ts'

/** `pnpm checkup [--fix] [--warm]`: exit 0 when grading works here, 4 when something is in the way. */
export default defineCommand({
  meta: {
    name: 'checkup',
    description: 'Is this machine fit for grading? Each finding comes with its fix',
    examples: [
      'pnpm checkup',
      'pnpm checkup --fix      also end what dead runs left behind',
      'pnpm checkup --warm     also start each embedded service once',
    ],
  } as never,
  args: {
    fix: { type: 'boolean', description: 'end stray processes and remove what ended runs left' },
    warm: { type: 'boolean', description: 'start each embedded service once, so that the first grade is quick' },
    json: { type: 'boolean', description: 'print the findings as JSON' },
  },
  async run({ args }) {
    const progress = startProgress({ quiet: args.json === true })
    const options = { fix: args.fix === true, warm: args.warm === true, onProgress: (text: string) => progress.update(text) }
    const findings = await checkup(repositoryRoot(), options).finally(() => progress.stop())
    const fit = findings.every(finding => finding.level !== 'problem')
    if (args.json) console.log(JSON.stringify({ fit, findings }, null, 2))
    else console.log(findingLines(terminalOf(), findings).join('\n'))
    return fit ? 0 : 4
  },
})

/** The findings as lines, each note and problem with its fix below it. */
export function findingLines(term: Terminal, findings: readonly Finding[]): string[] {
  const { c, sym } = term
  const marks = { ok: c.green(sym.pass), note: c.yellow(sym.alert), problem: c.red(sym.fail) }
  const width = Math.min(term.width, 100) - 4
  const lines = findings.flatMap(({ level, text, fix }) => {
    const [first, ...rest] = wrap(term.text(text), width)
    const fixLines = fix ? wrap(term.text(`do: ${fix}`), width - 2).map(line => `      ${c.dim(line)}`) : []
    return [`  ${marks[level]} ${first}`, ...rest.map(line => `    ${line}`), ...fixLines]
  })
  const problems = findings.filter(finding => finding.level === 'problem').length
  const verdict =
    problems === 0 ? 'This machine is fit for grading.' : `${problems} ${problems === 1 ? 'thing is' : 'things are'} in the way of grading.`
  return ['', ...lines, '', c.bold(verdict), '']
}
