import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { findLab, loadLabs } from '../course/labs.ts'
import { repositoryRoot } from '../course/root.ts'
import type { EngineName } from '../course/types.ts'
import { onEnd } from '../process/on-end.ts'
import { startProgress } from '../ui/progress.ts'
import { terminalOf } from '../ui/terminal.ts'
import { FIGURES_FILE, figuresOf, mergeFigures } from '../verify/figures.ts'
import { runGate } from '../verify/gate.ts'
import { reachableEngines } from '../verify/reachable-engines.ts'
import { renderGate } from '../verify/render.ts'

/** `pnpm verify`: the gate that grades the graders. */
export default defineCommand({
  meta: {
    name: 'verify',
    description: 'The gate: starter fails, solution passes, every mutant dies by the KPI it names',
    examples: [
      'pnpm verify                    every lab, cached by content',
      'pnpm verify 6.2 --fresh        one lab, nothing from the cache',
      'pnpm verify 6.2 --times 20     the solution twenty times: the flake rate',
      'pnpm verify 6.2 --write        keep golden feedback and figures, after you have read them',
    ],
  } as never,
  args: {
    lab: { type: 'positional', required: false, description: 'labs, e.g. 6.2 or lab-6.2 (several: 6.1,6.2); default all' },
    engine: { type: 'enum', options: ['embedded', 'docker'], description: 'only this engine' },
    sample: { type: 'boolean', default: false, description: 'on a second engine, a few mutants, as pnpm test does' },
    times: { type: 'string', default: '1', description: 'runs of each solution', valueHint: 'N' },
    lanes: { type: 'string', default: '2', description: 'runs side by side', valueHint: 'N' },
    fresh: { type: 'boolean', description: 'ignore cached verdicts' },
    write: { type: 'boolean', description: 'write golden feedback and the figures file' },
    add: { type: 'boolean', description: 'with --write: keep a new form of feedback beside the old one (races)' },
    json: { type: 'boolean', description: 'print the report as JSON' },
  },
  async run({ args }) {
    const root = repositoryRoot()
    const labs = args.lab ? args.lab.split(',').map(name => findLab(root, name)) : loadLabs(root)
    const { engines, without } = args.engine ? { engines: [args.engine as EngineName] } : await reachableEngines(root)
    if (without && labs.some(lab => lab.engines.includes('docker'))) process.stderr.write(`Not judged on docker: ${without}\n`)
    const progress = startProgress({ quiet: args.json === true, terminal: terminalOf(process.stderr) })
    const abort = new AbortController()
    let running: Promise<unknown> = Promise.resolve()
    const off = onEnd(async () => {
      abort.abort()
      progress.stop()
      await running.catch(() => {})
    })
    try {
      const gate = runGate({
        root,
        labs,
        times: Math.max(1, Number(args.times) || 1),
        sample: args.sample,
        lanes: Math.max(1, Number(args.lanes) || 1),
        fresh: args.fresh === true,
        write: args.write === true ? (args.add === true ? 'add' : 'replace') : false,
        onProgress: text => progress.update(text),
        signal: abort.signal,
        engines,
      })
      running = gate
      const reports = await gate
      progress.stop()
      const figures = figuresOf(reports)
      if (args.write) writeFileSync(join(root, FIGURES_FILE), mergeFigures(root, figures))
      process.stdout.write(args.json ? `${JSON.stringify({ figures, reports }, null, 2)}\n` : renderGate(reports, figures, terminalOf()))
      return reports.some(report => report.problems.length > 0) ? 1 : 0
    } finally {
      progress.stop()
      off()
    }
  },
})
