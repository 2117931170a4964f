/** The table of commands, and nothing else: each is one file in commands/. */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Types are stripped and code is compiled once, not at every start: a third of a cold `grade`. The variable is for the processes we start;
// learners' programs have an environment of their own.
const cache = fileURLToPath(new URL('../node_modules/.cache/millrace', import.meta.url))
enableCompileCache(cache)
process.env['NODE_COMPILE_CACHE'] ??= cache

const { runCli } = await import('./commands/run-cli.ts')

process.exitCode = await runCli(process.argv.slice(2), {
  grade: () => import('./commands/grade.ts'),
  predict: () => import('./commands/predict.ts'),
  hint: () => import('./commands/hint.ts'),
  status: () => import('./commands/status.ts'),
  reset: () => import('./commands/reset.ts'),
  diff: () => import('./commands/diff.ts'),
  checkup: () => import('./commands/checkup.ts'),
  images: () => import('./commands/images.ts'),
  platform: () => import('./commands/platform.ts'),
  verify: () => import('./commands/verify.ts'),
  seal: () => import('./commands/seal.ts'),
  readme: () => import('./commands/readme.ts'),
  bench: () => import('./commands/bench.ts'),
})
