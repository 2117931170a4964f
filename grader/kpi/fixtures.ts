import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { repositoryRoot } from '../course/root.ts'
import { loadPools } from '../experiments/predictions/pools.ts'
import { createLearner } from '../learner/index.ts'
import { type Warden, warden } from '../process/warden.ts'
import type { CurrentKpi } from './current.ts'
import { observed, observedClock } from './observed.ts'
import type { Plan } from './plan.ts'
import { random } from './random.ts'
import type { KpiServices } from './services.ts'
import type { EventLog } from './timeline.ts'
import type { KpiFixtures } from './types.ts'

/** What fixtures are made from: one a worker. */
export interface Bench {
  plan: Plan
  events: EventLog
}

type Cleanups = (() => unknown)[]
type Maker<K extends keyof KpiFixtures> = (
  bench: Bench,
  kpi: CurrentKpi,
  cleanups: Cleanups,
  services: KpiServices,
) => Promise<KpiFixtures[K]> | KpiFixtures[K]

let sharedWarden: Warden | undefined
/** One warden a worker: it ends what this process started when this process is gone. */
const theWarden = (): Warden => (sharedWarden ??= warden())

/** How each fixture is made; what must be undone is pushed on `cleanups`, last made first undone. */
export const MAKERS: { [K in keyof KpiFixtures]: Maker<K> } = {
  seed: bench => bench.plan.seed,
  // Whose services a KPI sees: a lab may have services that only the embedded engine brings up.
  engine: ({ plan }) => (Object.keys(plan.compose).length === 0 && plan.endpoints.length > 0 ? 'embedded' : plan.engine),
  compose: async (bench, kpi, cleanups, { project }) => {
    const { composeFixture } = await import('../engines/docker/fixture.ts')
    return composeFixture({
      plan: bench.plan,
      root: repositoryRoot(),
      timeline: bench.events.of(kpi.id),
      cleanups,
      ...(project ? { held: project } : {}),
    })
  },
  predictions: (bench, kpi) => {
    const { plan } = bench
    const evidence = join(plan.evidence, kpi.id)
    mkdirSync(evidence, { recursive: true })
    const tests = dirname(plan.kpis.find(({ id }) => id === kpi.id)!.file)
    return { ...plan.questions, lab: plan.lab, evidence, pools: () => loadPools(tests) }
  },
  random: (bench, kpi) => random(bench.plan.seed, kpi.id),
  timeline: (bench, kpi) => bench.events.of(kpi.id),
  cleanup: (_bench, _kpi, cleanups) => fn => {
    cleanups.push(fn)
  },
  scratch: (bench, kpi, cleanups) => {
    const dir = join(bench.plan.runDir, `scratch-${kpi.id}`)
    mkdirSync(dir, { recursive: true })
    cleanups.push(() => rmSync(dir, { recursive: true, force: true }))
    return dir
  },
  learner: (bench, kpi, cleanups) => {
    const { plan, events } = bench
    const learner = createLearner({
      dir: plan.workspace,
      runId: plan.runId,
      runStart: plan.runStart,
      evidenceDir: join(plan.evidence, kpi.id),
      warden: theWarden(),
      nodeModules: plan.nodeModules,
      onEvent: event => events.add({ kpi: kpi.id, ...event }),
    })
    kpi.facts.push(() => learner.crashed())
    cleanups.push(() => learner.close())
    return learner
  },
  // The order of the rest is that of teardown: what uses a service goes before it.
  connect: async (bench, kpi, cleanups, services) => {
    const { openConnect } = await import('../services/connect/fixture.ts')
    const { endpoint, host } = await services.of('connect')
    const fixture = await openConnect(endpoint, host)
    cleanups.push(() => fixture.close())
    return observed(fixture, 'connect', bench.events.of(kpi.id))
  },
  registry: async (bench, kpi, cleanups, services) => {
    const { openRegistry } = await import('../services/registry/fixture.ts')
    const { endpoint, host } = await services.of('registry')
    const fixture = await openRegistry(endpoint, host)
    cleanups.push(() => fixture.close())
    return observed(fixture, 'registry', bench.events.of(kpi.id))
  },
  kafka: async (bench, kpi, cleanups, services) => {
    const { openKafka } = await import('../services/kafka/fixture.ts')
    const { endpoint, host } = await services.of('kafka')
    const fixture = await openKafka(endpoint, kpi.id, host)
    cleanups.push(() => fixture.close())
    return observed(fixture, 'kafka', bench.events.of(kpi.id))
  },
  objectStore: async (bench, kpi, cleanups, services) => {
    const { openObjectStore } = await import('../services/object-store/fixture.ts')
    const { endpoint, host, users } = await services.of('object-store')
    const fixture = await openObjectStore(endpoint, kpi.id, host, users)
    cleanups.push(() => fixture.close())
    return observed(fixture, 'object-store', bench.events.of(kpi.id))
  },
  postgres: async (bench, kpi, cleanups, services) => {
    const { plan } = bench
    // A lab with a connector captures changes.
    const replication = 'connect' in plan.compose || plan.endpoints.some(({ service }) => service === 'connect')
    const { openPostgres } = await import('../services/postgres/fixture.ts')
    const { endpoint, host } = await services.of('postgres')
    const fixture = await openPostgres(endpoint, kpi.id, { replication, on: host })
    cleanups.push(() => fixture.close())
    return observed(fixture, 'postgres', bench.events.of(kpi.id))
  },
  valkey: async (bench, kpi, cleanups, services) => {
    const { openValkey } = await import('../services/valkey/fixture.ts')
    const { endpoint } = await services.of('valkey')
    const fixture = await openValkey(endpoint, kpi.id)
    cleanups.push(() => fixture.close())
    const timeline = bench.events.of(kpi.id)
    return { ...observed(fixture, 'valkey', timeline), clock: observedClock(fixture.clock, 'valkey', timeline) }
  },
}

/**
 * Names of the fixtures that a KPI asks for, read from its parameter's destructuring, so that only those are made.
 * @throws when the parameter is not destructured
 */
export function fixtureNames(body: (...args: never[]) => unknown): (keyof KpiFixtures)[] {
  const source = body.toString()
  const inside = /^(?:async\s*)?(?:function\s*\w*)?\s*\(\s*(?:\{([^}]*)\})?/.exec(source)
  if (inside?.[1] === undefined) {
    if (/^(?:async\s*)?(?:function\s*\w*)?\s*\(\s*\)/.test(source)) return []
    throw new Error('a KPI must destructure its fixtures: async ({ learner, valkey }) => …')
  }
  const names = inside[1]
    .split(',')
    .map(part => part.split(/[:=]/)[0]!.trim())
    .filter(name => name !== '')
  for (const name of names)
    if (!(name in MAKERS)) throw new Error(`there is no fixture "${name}"; there are ${Object.keys(MAKERS).join(', ')}`)
  // Later fixtures are torn down first: services outlive the programs that use them.
  const order = Object.keys(MAKERS).reverse()
  return (names as (keyof KpiFixtures)[]).sort((a, b) => order.indexOf(a) - order.indexOf(b))
}
