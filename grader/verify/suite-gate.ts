import type { Lab } from '../course/types.ts'
import { startProgress } from '../ui/progress.ts'
import { terminalOf } from '../ui/terminal.ts'
import { contentHash } from './content-hash.ts'
import { figuresOf } from './figures.ts'
import { runGate } from './gate.ts'
import { renderGate } from './render.ts'
import type { Suite } from './suite-vitest.ts'

/** One lab's gate as a suite: a variant counts as one test, and so does each problem found without running. */
export function gateSuite(root: string, lab: Lab, core: readonly string[]): Suite {
  return {
    name: `verify ${lab.folder}`,
    key: () => contentHash(root, [...core, `solutions/${lab.folder}`, `slides/${lab.folder}.md`], { suite: 'gate', lab: lab.id }),
    async run({ fresh, signal }) {
      // A draft is named and counted as skipped; `pnpm verify` judges it like any other lab.
      if (lab.draft) {
        console.log(`lab ${lab.id} is a draft: pnpm verify ${lab.id} shows what it lacks`)
        return { passed: 0, failed: 0, skipped: 1 }
      }
      const progress = startProgress({ quiet: false, terminal: terminalOf(process.stderr) })
      const engine = process.env['MILLRACE_DOCKER'] === '1' ? undefined : ('embedded' as const)
      const reports = await runGate({
        root,
        labs: [lab],
        times: 1,
        lanes: 2,
        fresh,
        write: false,
        onProgress: text => progress.update(text),
        signal,
        ...(engine ? { engine } : {}),
      })
      progress.stop()
      process.stdout.write(renderGate(reports, figuresOf(reports), terminalOf()))
      const variants = reports.flatMap(report => report.verdicts)
      const bad = variants.filter(verdict => verdict.problems.length > 0).length
      const others =
        reports.reduce((sum, report) => sum + report.problems.length, 0) -
        variants.reduce((sum, verdict) => sum + verdict.problems.length, 0)
      return { passed: variants.length - bad, failed: bad + others, skipped: 0 }
    },
  }
}
