/** Kills every service that is meant to go on, once each, in a drawn order and at drawn moments. */
import { setTimeout as pause } from 'node:timers/promises'
import { crashContainer } from '../../../engines/docker/nemesis.ts'
import type { ComposeProject } from '../../../engines/docker/project.ts'
import type { Random } from '../../../kpi/types.ts'

/** What must be there for a platform to be one. */
export const LASTING = ['connect', 'kafka', 'lake', 'minio', 'postgres'] as const

/** An image with a shell, for machines on which the engine's processes are not ours to signal. */
const HELPER = 'node:24-slim'

/**
 * Kills them, each within the four seconds after the one before, and heals nothing: what comes back comes back by itself.
 * @returns the services whose main process was ended
 */
export async function killEach(project: ComposeProject, random: Random): Promise<string[]> {
  const killed: string[] = []
  for (const service of random.shuffle([...LASTING])) {
    await pause(random.int(0, 4_000))
    if (await crashContainer(project, service, HELPER).inject()) killed.push(service)
  }
  return killed
}
