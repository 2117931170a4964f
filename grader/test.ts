/**
 * `pnpm test`: our own tests and the gate, each reused from the cache when nothing it depends on has changed. Last line: true counts.
 * `--fresh` takes nothing from the cache; `--within MINUTES` begins nothing after that time: what is left is counted as skipped, and the next run goes on.
 */
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { loadLabs } from './course/labs.ts'
import { repositoryRoot } from './course/root.ts'
import { onEnd } from './process/on-end.ts'
import { leaveOutKnownWarnings } from './ui/known-warnings.ts'
import { HashCache } from './verify/cache.ts'
import { reachableEngines } from './verify/reachable-engines.ts'
import { gateSuite } from './verify/suite-gate.ts'
import { lintSuite } from './verify/suite-lint.ts'
import { type Counts, type Suite, vitestSuite } from './verify/suite-vitest.ts'

leaveOutKnownWarnings()
const root = repositoryRoot()
const { fresh, within } = parseArgs({ options: { fresh: { type: 'boolean', default: false }, within: { type: 'string' } } }).values
const until = within === undefined ? undefined : performance.now() + Number(within) * 60_000
const cache = new HashCache<Counts>('suites')
const abort = new AbortController()
onEnd(async () => abort.abort())

const { engines, without } = await reachableEngines(root)
if (without) console.log(`Gates on docker are skipped: ${without}`)

const core = ['grader', 'labs', 'package.json', 'pnpm-lock.yaml', 'tsconfig.json', 'vitest.config.ts']
const settings = ['pnpm-lock.yaml', 'vitest.config.ts']
const machine = without ?? 'whole'
const tested = readdirSync('solutions').filter(name => readdirSync(`solutions/${name}`).includes('tests'))
const labs = loadLabs(root)
const suites: Suite[] = [
  lintSuite(root),
  vitestSuite(root, 'grader', [], ['.'], machine),
  vitestSuite(root, 'datasets', [], ['datasets', ...settings], machine),
  ...tested.map(name => vitestSuite(root, 'solutions', [`solutions/${name}`], [`solutions/${name}`, ...settings], machine)),
  // Containers last: what takes longest must not keep the rest from being run.
  ...(['embedded', 'docker'] as const).flatMap(engine =>
    labs.filter(lab => lab.engines.includes(engine)).map(lab => gateSuite(root, lab, engine, core, engines.includes(engine))),
  ),
]

/** A suite that breaks is one failure, and the others still run. */
const told = (error: unknown): Counts => {
  console.error(error)
  return { passed: 0, failed: 1, skipped: 0, failures: [String(error)] }
}

const failures: string[] = []
const total = { passed: 0, failed: 0, skipped: 0 }
let reused = 0
for (const suite of suites) {
  const began = performance.now()
  const cached = fresh ? undefined : cache.get(suite.key())
  const counts = cached ?? (await suite.run({ fresh, signal: abort.signal, ...(until === undefined ? {} : { until }) }).catch(told))
  if (!cached && !counts.partial && counts.failed === 0 && counts.passed > 0) cache.set(suite.key(), counts)
  if (cached) reused += counts.passed
  failures.push(...(counts.failures ?? []).map(failure => `  ${suite.name}: ${failure}`))
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += counts[key]
  const how = counts.partial
    ? 'no time was left for the rest'
    : cached
      ? 'unchanged, from the cache'
      : `${((performance.now() - began) / 1000).toFixed(1)} s`
  console.log(`== ${suite.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${how})`)
}
if (failures.length > 0) console.log(`What failed:\n${failures.join('\n')}`)
if (reused > 0) console.log(`${reused} of the passed were verified before with the same content (--fresh runs them again)`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)
