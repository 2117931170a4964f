/** The lab's services as the learner's compose file provides them. A new one is a file in its folder and a line here. */
import type { ComposeMap } from '../course/types.ts'
import type { ComposeProject } from '../engines/docker/project.ts'
import { LearnerFault } from '../kpi/outcomes.ts'
import type { Host, Served } from './host.ts'
import { portVariables } from './kafka/listener.ts'
import type { StoreUsers } from './object-store/fixture.ts'

/** A service in containers; `healed` names the compose services that were killed or paused through its fixture. */
export interface ComposeServed extends Served {
  host: Host & { healed: Set<string> }
  /** Of an object store. */
  users?: StoreUsers
}

type Opener = (project: ComposeProject, names: readonly string[]) => Promise<ComposeServed>

const OPENERS: Record<keyof ComposeMap, Opener> = {
  postgres: async (...at) => (await import('./postgres/compose.ts')).postgresOf(...at),
  kafka: async (...at) => (await import('./kafka/compose.ts')).kafkaOf(...at),
  registry: async (...at) => (await import('./registry/compose.ts')).registryOf(...at),
  connect: async (...at) => (await import('./connect/compose.ts')).connectOf(...at),
  'object-store': async (...at) => (await import('./object-store/compose.ts')).objectStoreOf(...at),
}

/**
 * A service of a running project.
 * @throws LearnerFault when the file has no such service or does not publish its port
 */
export async function composeServed(project: ComposeProject, service: keyof ComposeMap, names: readonly string[]): Promise<ComposeServed> {
  const missing = names.find(name => !project.config.services?.[name])
  if (missing)
    throw new LearnerFault({ did: [], subject: 'services', expected: `one named ${missing}`, saw: 'none', lookAt: 'compose.yaml' })
  return OPENERS[service](project, names)
}

/** How the grader opens a lab's compose file: which services may stay while others change, and what their files are told of ports. */
export function composeDefaults(map: ComposeMap): { stays: string[]; portVariables: Record<string, string> } {
  return { stays: Object.values(map).flatMap(names => names ?? []), portVariables: map.kafka ? portVariables(map.kafka) : {} }
}
