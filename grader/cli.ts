/** The table of commands, and nothing else: each is one file in commands/. */
import { runCli } from './commands/run-cli.ts'

process.exitCode = await runCli(process.argv.slice(2), {
  grade: () => import('./commands/grade.ts'),
  hint: () => import('./commands/hint.ts'),
  status: () => import('./commands/status.ts'),
  reset: () => import('./commands/reset.ts'),
  diff: () => import('./commands/diff.ts'),
  checkup: () => import('./commands/checkup.ts'),
  verify: () => import('./commands/verify.ts'),
  seal: () => import('./commands/seal.ts'),
  bench: () => import('./commands/bench.ts'),
})
