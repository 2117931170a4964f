/** `pnpm test`: our own tests and the gate, each reused from the cache when nothing it depends on has changed. Last line: true counts. */
import { readdirSync } from 'node:fs'
import { loadLabs } from './course/labs.ts'
import { repositoryRoot } from './course/root.ts'
import { onEnd } from './process/on-end.ts'
import { HashCache } from './verify/cache.ts'
import { reachableEngines } from './verify/reachable-engines.ts'
import { gateSuite } from './verify/suite-gate.ts'
import { lintSuite } from './verify/suite-lint.ts'
import { type Suite, vitestSuite } from './verify/suite-vitest.ts'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const root = repositoryRoot()
const fresh = process.argv.includes('--fresh')
const cache = new HashCache<Counts>('suites')
const abort = new AbortController()
onEnd(async () => abort.abort())

const { engines, without } = await reachableEngines(root)
if (without) console.log(`Gates on docker are skipped: ${without}`)

const core = ['grader', 'labs', 'package.json', 'pnpm-lock.yaml', 'tsconfig.json', 'vitest.config.ts']
const tested = readdirSync('solutions').filter(name => readdirSync(`solutions/${name}`).includes('tests'))
const suites: Suite[] = [
  lintSuite(root),
  vitestSuite(root, 'grader', [], ['.']),
  vitestSuite(root, 'datasets', [], ['datasets', 'pnpm-lock.yaml', 'vitest.config.ts']),
  ...tested.map(name => vitestSuite(root, 'solutions', [`solutions/${name}`], [`solutions/${name}`, 'pnpm-lock.yaml', 'vitest.config.ts'])),
  ...loadLabs(root).map(lab => gateSuite(root, lab, core, engines)),
]

/** A suite that breaks is one failure, and the others still run. */
const told = (error: unknown): Counts => {
  console.error(error)
  return { passed: 0, failed: 1, skipped: 0 }
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 }
let reused = 0
for (const suite of suites) {
  const began = performance.now()
  const cached = fresh ? undefined : cache.get(suite.key())
  const counts = cached ?? (await suite.run({ fresh, signal: abort.signal }).catch(told))
  if (!cached && counts.failed === 0 && counts.passed > 0) cache.set(suite.key(), counts)
  if (cached) reused += counts.passed
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += counts[key]
  const how = cached ? 'unchanged, from the cache' : `${((performance.now() - began) / 1000).toFixed(1)} s`
  console.log(`== ${suite.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${how})`)
}
if (reused > 0) console.log(`${reused} of the passed were verified before with the same content (--fresh runs them again)`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)
