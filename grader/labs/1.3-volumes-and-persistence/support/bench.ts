import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ANONYMOUS, type ComposeProject } from '../../../engines/docker/project.ts'
import { recorder } from '../../../experiments/predictions/record.ts'
import type { Recorder } from '../../../experiments/predictions/types.ts'
import { type Type, typing } from '../../../experiments/predictions/typing.ts'

/** The project of probe.yaml, in a copy of the lab. */
export interface Bench {
  project: ComposeProject
  /** The folder in which probe.yaml lies. */
  dir: string
  quiet: Type
}

/** Makes the bench of a project that is up. */
export const benchOf = (project: ComposeProject, dir: string): Bench => ({ project, dir, quiet: typing(project, recorder()) })

/** probe runs in a new container, with a new anonymous volume and no note anywhere. Much quicker than `fresh`. */
export async function freshProbe({ project, dir, quiet }: Bench): Promise<void> {
  await quiet('up', '-d', '--force-recreate', '--renew-anon-volumes', 'probe')
  await project.exec('probe', ['rm', '-f', '/named/note', '/bind/note'])
  rmSync(join(dir, 'probe/note'), { force: true })
}

/** Both containers run, from volumes that hold what they hold at a first start. */
export async function fresh({ quiet }: Bench): Promise<void> {
  await quiet('down', '--volumes')
  await quiet('up', '-d')
}

/** Commands of the experiment itself, recorded. */
export const onRecord = ({ project }: Bench, record: Recorder): Type => typing(project, record)

/** Runs a line of shell in a container, as typed; true when it ended with 0. */
export const inside = async (type: Type, service: 'probe' | 'other', line: string): Promise<boolean> =>
  (await type('exec', '-T', service, 'sh', '-c', line)).code === 0

/** Names of the anonymous volumes that probe's container uses now. */
export async function anonymousVolumes(project: ComposeProject): Promise<string[]> {
  const containers = (await project.containers()).filter(({ service }) => service === 'probe')
  return containers.flatMap(({ raw }) =>
    raw.Mounts.filter(({ Type, Name = '' }) => Type === 'volume' && ANONYMOUS.test(Name)).map(({ Name }) => Name!),
  )
}
