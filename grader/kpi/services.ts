/** The services of one KPI: servers of the embedded engine, and on the docker engine those that the learner's compose file provides. */
import { repositoryRoot } from '../course/root.ts'
import type { ComposeMap, ServiceName } from '../course/types.ts'
import type { ComposeProject } from '../engines/docker/project.ts'
import type { ComposeServed } from '../services/compose-services.ts'
import { embeddedHost, type Host, type Served } from '../services/host.ts'
import type { StoreUsers } from '../services/object-store/fixture.ts'
import type { CurrentKpi } from './current.ts'
import type { Bench } from './fixtures.ts'
import { EnvironmentFault } from './outcomes.ts'
import type { KpiFixtures } from './types.ts'

/** Where fixtures get their services from. */
export interface KpiServices {
  /** The learner's warm project, when a service of the KPI is a part of it. */
  project?: ComposeProject
  of(service: ServiceName): Promise<Served & { users?: StoreUsers }>
  /** Everything that was asked for runs again: outages end before anything is cleared away. */
  bringBack(): Promise<void>
}

const FIXTURES: { [fixture in keyof KpiFixtures]?: keyof ComposeMap } = {
  postgres: 'postgres',
  kafka: 'kafka',
  registry: 'registry',
  connect: 'connect',
  objectStore: 'object-store',
}

/** Which of the learner's containers a KPI's fixtures stand for. */
export const containersOf = (compose: ComposeMap, fixtures: readonly (keyof KpiFixtures)[]): (keyof ComposeMap)[] =>
  fixtures.flatMap(fixture => FIXTURES[fixture] ?? []).filter(service => compose[service])

/**
 * Brings up the learner's warm project if a fixture of this KPI is a part of it.
 * @throws CodedError MR-E-100 … 126 and LearnerFault when the compose file does not serve
 */
export async function openServices(
  bench: Bench,
  kpi: CurrentKpi,
  fixtures: readonly (keyof KpiFixtures)[],
  cleanups: (() => unknown)[],
): Promise<KpiServices> {
  const { compose } = bench.plan
  const contained = containersOf(compose, fixtures)
  const open: Host[] = []
  const containers = contained.length > 0 ? await warmContainers(bench, kpi, cleanups) : undefined

  async function contain(service: keyof ComposeMap): Promise<ComposeServed> {
    const { composeServed } = await import('../services/compose-services.ts')
    const served = await composeServed(containers!.project, service, compose[service]!)
    containers!.healed.push(served.host.healed)
    return served
  }
  return {
    ...(containers ? { project: containers.project } : {}),
    async of(service) {
      const served = (contained as ServiceName[]).includes(service) ? await contain(service as keyof ComposeMap) : embedded(bench, service)
      open.push(served.host)
      return served
    },
    async bringBack() {
      await Promise.all(open.map(host => host.ensure()))
    },
  }
}

async function warmContainers(bench: Bench, kpi: CurrentKpi, cleanups: (() => unknown)[]) {
  const { composeFixture } = await import('../engines/docker/fixture.ts')
  const { holdWarm } = await import('../engines/docker/warm.ts')
  const { plan, events } = bench
  const project: ComposeProject = await composeFixture({
    plan,
    root: repositoryRoot(),
    timeline: events.of(kpi.id),
    cleanups,
  }).warm()
  const hold = holdWarm(project, plan.runDir)
  const healed: Set<string>[] = []
  cleanups.push(() => hold.release(new Set(healed.flatMap(names => [...names]))))
  return { project, healed }
}

function embedded({ plan }: Bench, service: ServiceName): Served {
  const endpoint = plan.endpoints.find(candidate => candidate.service === service)
  if (!endpoint) throw new EnvironmentFault(`this lab's manifest does not list the service "${service}" that this KPI uses`)
  return { endpoint, host: embeddedHost(endpoint) }
}
