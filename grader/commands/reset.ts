/** `pnpm reset`: back to the starter; nothing is ever lost by it. */
import { createInterface } from 'node:readline/promises'
import { defineCommand } from 'citty'
import { findLab } from '../course/labs.ts'
import { forgetVerdicts } from '../course/progress.ts'
import { backCommand, performReset, planReset, type ResetStep } from '../course/reset.ts'
import { repositoryRoot } from '../course/root.ts'
import { type Terminal, terminalOf } from '../ui/terminal.ts'

const ACTS: Record<ResetStep['act'], string> = {
  restore: 'back to the starter',
  remove: 'taken out (it is not part of the starter)',
  update: 'to the newest starter; you had not edited it',
  merge: 'the newest starter, with your changes in it',
  conflict: 'left alone: you edited the lines that the new starter changes; compare with pnpm diff',
}

/** `pnpm reset <lab> [file] [--update] [--yes]` */
export default defineCommand({
  meta: {
    name: 'reset',
    description: 'Put a lab (or one file) back to the starter; what it replaces is kept',
    examples: [
      'pnpm reset lab-6.2                       everything back to the starter',
      'pnpm reset lab-6.2 src/middleware.ts     one file',
      'pnpm reset lab-6.2 --update              take over a newer starter, keeping your changes',
    ],
  } as never,
  args: {
    lab: { type: 'positional', required: true, description: 'lab-6.2, 6.2 or the folder name' },
    file: { type: 'positional', required: false, description: 'only this file, as it lies in the lab folder' },
    update: { type: 'boolean', description: 'bring files of an earlier starter up to date instead; edited ones are merged' },
    yes: { type: 'boolean', alias: 'y', description: 'do not ask' },
    json: { type: 'boolean', description: 'print what was done as JSON (asks nothing)' },
  },
  async run({ args }) {
    const root = repositoryRoot()
    const lab = findLab(root, args.lab)
    const term = terminalOf()
    const update = args.update === true
    const steps = planReset(root, lab, { update, ...(args.file === undefined ? {} : { file: args.file }) })
    const changing = steps.filter(step => step.act !== 'conflict')
    if (!args.json) console.log(stepLines(term, lab.id, steps, update).join('\n'))
    if (changing.length > 0 && !args.yes && !args.json && !(await confirmed())) {
      console.log('nothing was changed')
      return 0
    }
    const kept = performReset(root, lab, steps)
    if (!update && args.file === undefined && changing.length > 0) forgetVerdicts(root, lab.id)
    if (args.json)
      console.log(JSON.stringify({ lab: lab.id, files: steps.map(({ path, act }) => ({ path, act })), kept: kept ?? null }, null, 2))
    else if (kept) console.log(`kept in ${kept}\nback again: ${backCommand(lab, kept)}`)
    return 0
  },
})

function stepLines(term: Terminal, labId: string, steps: readonly ResetStep[], update: boolean): string[] {
  if (steps.length === 0)
    return [update ? `lab ${labId}: no file is older than the starter` : `lab ${labId} is as it came; nothing to reset`]
  const width = Math.max(...steps.map(step => step.path.length))
  return steps.map(step => `  ${term.text(step.path).padEnd(width)}  ${term.c.dim(ACTS[step.act])}`)
}

/** Asks on a TTY; a script has said what it wants. */
async function confirmed(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return true
  const prompt = createInterface({ input: process.stdin, output: process.stdout })
  const abort = new AbortController()
  prompt.once('close', () => abort.abort())
  try {
    return /^y(es)?$/i.test((await prompt.question('Go on? What is there now is kept. [y/N] ', { signal: abort.signal })).trim())
  } catch {
    return false
  } finally {
    prompt.close()
  }
}
