/**
 * Kills the servers at random moments, as often as it is told, and lets their own tests say whether something was lost:
 *
 *     node grader/services/soak.ts --kills 500
 *
 * The kills are shared out over broker (records; transactions), object store, source and sink connector, and eight writers of one Delta table.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const ROOT = join(import.meta.dirname, '..', '..')

/** Who is killed, and how a share of the kills becomes the settings of its test. */
const TARGETS = [
  {
    what: 'broker: acknowledged records, exactly-once transactions',
    project: 'solutions',
    file: 'solutions/8.3-kafka-lite/tests/kill.test.ts',
    name: '',
    share: 0.4,
    // The number counts for both tests of the file.
    settings: (kills: number) => ({ MILLRACE_SOAK_KILLS: String(Math.ceil(kills / 2)) }),
  },
  {
    what: 'object store',
    project: 'solutions',
    file: 'solutions/8.7-object-store/tests/process/server.test.ts',
    name: 'kill -9 under load',
    share: 0.26,
    settings: (kills: number) => ({ OBJECT_STORE_KILLS: String(kills) }),
  },
  {
    what: 'source connector',
    project: 'grader',
    file: 'grader/services/connect/source/postgres/kills.test.ts',
    name: 'the worker is killed',
    share: 0.1,
    settings: (kills: number) => ({ MILLRACE_SOAK_KILLS: String(kills) }),
  },
  {
    what: 'sink connector',
    project: 'grader',
    file: 'grader/services/connect/sink/jdbc/sink.test.ts',
    name: 'between write and commit',
    share: 0.08,
    settings: (kills: number) => ({ MILLRACE_SOAK_KILLS: String(kills) }),
  },
  {
    what: 'Delta writers',
    project: 'solutions',
    file: 'solutions/5.5-delta-on-minio/tests/concurrency/kill.test.ts',
    name: 'kill -9',
    share: 0.16,
    // Each of eight writers is killed so often, after one to three of its commits.
    settings: (kills: number) => ({ DELTA_KILLS: String(Math.ceil(kills / 8)), DELTA_COMMITS: String(Math.ceil(kills / 8) * 3 + 1) }),
  },
]

const { values } = parseArgs({ options: { kills: { type: 'string', default: '500' }, only: { type: 'string', default: '' } } })
const kills = Number(values.kills)
if (!Number.isInteger(kills) || kills < 1 || kills > 100_000) {
  console.error('--kills takes a whole number from 1 to 100000, as in: node grader/services/soak.ts --kills 500')
  process.exit(64)
}
let failed = 0
for (const { what, project, file, name, share, settings } of TARGETS) {
  if (!what.startsWith(values.only)) continue
  const env = settings(Math.max(1, Math.round(kills * share)))
  console.log(`\n${what}: ${JSON.stringify(env)}`)
  const only = name ? ['--testNamePattern', name] : []
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', project, '--reporter', 'verbose', ...only, file], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  })
  if (status !== 0) failed++
}
console.log(failed === 0 ? '\nNothing was lost.' : `\n${failed} of the targets lost something or did not end: see above.`)
process.exitCode = failed === 0 ? 0 : 1
