/** `pnpm hint`: the next step of a KPI's ladder. */
import { defineCommand } from 'citty'
import { hintLines, takeHint } from '../course/hints.ts'
import { currentLab, findLab } from '../course/labs.ts'
import { repositoryRoot } from '../course/root.ts'
import { type Terminal, terminalOf } from '../ui/terminal.ts'
import { wrap } from '../ui/text.ts'

/** `pnpm hint [lab] [kpi]`: one step a call, remembered. */
export default defineCommand({
  meta: {
    name: 'hint',
    description: 'One hint: first a question, then a pointer, then a near-solution',
    examples: ['pnpm hint lab-6.2 no-race     the next hint for this KPI', 'pnpm hint lab-6.2             for the first KPI that failed'],
  } as never,
  args: {
    lab: { type: 'positional', required: false, description: 'lab-6.2, 6.2 or the folder name; without it the lab you are working on' },
    kpi: { type: 'positional', required: false, description: 'id of the KPI; without it the first that failed' },
    json: { type: 'boolean', description: 'print the hint as JSON' },
  },
  run({ args }) {
    const root = repositoryRoot()
    const lab = args.lab ? findLab(root, args.lab) : currentLab(root)
    const hint = takeHint(root, lab, args.kpi)
    if (args.json) console.log(JSON.stringify(hint ?? null, null, 2))
    else
      console.log(
        hint
          ? screen(terminalOf(), hintLines(hint))
          : `Every KPI of lab ${lab.id} that this machine can judge has passed: no hint is left to give.`,
      )
    return 0
  },
})

function screen(term: Terminal, [claim, ...rest]: string[]): string {
  const width = Math.min(term.width, 100) - 4
  const next = rest.pop()!
  const block = (text: string): string[] => wrap(term.text(text), width).map((line, n) => `  ${n === 0 ? '' : '  '}${line}`)
  return [
    '',
    ...wrap(term.text(claim!), width).map(line => term.c.bold(line)),
    '',
    ...rest.flatMap(text => [...block(text), '']),
    ...wrap(term.text(next), width).map(line => term.c.dim(line)),
    '',
  ].join('\n')
}
