import type { EngineName, Lab } from '../course/types.ts'
import { startProgress } from '../ui/progress.ts'
import { terminalOf } from '../ui/terminal.ts'
import { contentHash } from './content-hash.ts'
import { figuresOf } from './figures.ts'
import { runGate } from './gate.ts'
import { renderGate } from './render.ts'
import type { Suite } from './suite-vitest.ts'

/**
 * One lab's gate on one engine as a suite: a variant counts as one test, and so does each problem found without running. An engine that this
 * machine lacks counts as skipped, as does each variant for which no time was left. A lab that is judged by the same KPIs on both engines shows all
 * of its mutants on the first and one a KPI on the second, where each costs seconds of containers; `pnpm verify` shows all on both.
 */
export function gateSuite(root: string, lab: Lab, engine: EngineName, core: readonly string[], reachable: boolean): Suite {
  return {
    name: `verify ${lab.folder} ${engine}`,
    key: () =>
      contentHash(root, [...core, `solutions/${lab.folder}`, `slides/${lab.folder}.md`], { suite: 'gate', lab: lab.id, engine, reachable }),
    async run({ fresh, signal, until }) {
      // A draft is named and counted as skipped; `pnpm verify` judges it like any other lab.
      if (lab.draft) {
        console.log(`lab ${lab.id} is a draft: pnpm verify ${lab.id} shows what it lacks`)
        return { passed: 0, failed: 0, skipped: 1 }
      }
      if (!reachable) return { passed: 0, failed: 0, skipped: 1 }
      const progress = startProgress({ quiet: false, terminal: terminalOf(process.stderr) })
      const reports = await runGate({
        root,
        labs: [lab],
        times: 1,
        sample: true,
        lanes: 2,
        fresh,
        write: false,
        onProgress: text => progress.update(text),
        signal,
        engines: [engine],
        ...(until === undefined ? {} : { until }),
      })
      progress.stop()
      process.stdout.write(renderGate(reports, figuresOf(reports), terminalOf()))
      const variants = reports.flatMap(report => report.verdicts)
      const bad = variants.filter(verdict => verdict.problems.length > 0).length
      const problems = (counted: readonly { problems: string[] }[]) => counted.reduce((sum, { problems }) => sum + problems.length, 0)
      const failures = reports.flatMap(report => report.problems)
      const left = reports.reduce((sum, report) => sum + report.notBegun, 0)
      return {
        passed: variants.length - bad,
        failed: bad + problems(reports) - problems(variants),
        skipped: left,
        ...(failures.length > 0 ? { failures } : {}),
        ...(left > 0 ? { partial: true } : {}),
      }
    },
  }
}
