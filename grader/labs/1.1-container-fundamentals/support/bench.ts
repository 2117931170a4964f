import type { ComposeProject } from '../../../engines/docker/project.ts'
import { recorder } from '../../../experiments/predictions/record.ts'
import type { Recorder } from '../../../experiments/predictions/types.ts'
import { type Type, typing } from '../../../experiments/predictions/typing.ts'
import { answers, SERVICES, type Service } from './stack.ts'

/** The learner's project, and compose commands that are not part of the record. */
export interface Bench {
  project: ComposeProject
  quiet: Type
}

/** Makes the bench of a project that is up. */
export const benchOf = (project: ComposeProject): Bench => ({ project, quiet: typing(project, recorder()) })

/** All three services run and answer: the state from which every experiment starts, whatever the one before has done. */
export async function fresh({ project, quiet }: Bench, services: readonly Service[] = SERVICES): Promise<void> {
  const containers = await project.containers()
  if (containers.some(({ state }) => state === 'paused')) await quiet('unpause')
  const runs = (service: Service) => containers.some(container => container.service === service && container.state === 'running')
  if (!services.every(runs)) await quiet('up', '-d', ...services)
  for (const service of services) await answers(project, service)
}

/** Commands of the experiment itself, recorded. */
export const onRecord = ({ project }: Bench, record: Recorder): Type => typing(project, record)
