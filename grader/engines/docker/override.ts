/** The second compose file, ours: what makes the learner's project safe to run beside others. */
import { freePort } from '../../process/ports.ts'
import { type ComposeConfig, replicasOf, type ServiceConfig } from './config.ts'
import { HOME_LABEL, home, labelsOf, type Marks } from './marks.ts'

export interface OverrideOptions {
  marks: Marks
  /** Bytes for a container that names no limit, and the most that one may have. */
  memory: { usual: number; most: number }
}

/** Ports of the host by service and container port. */
export type Ports = Map<string, number>

/** Processes and threads of one container. */
const PIDS = 512

/** The image that a service builds here: a name of this project's own, so that two grades do not take each other's. */
export const builtImage = (project: string, service: string): string => `${project}-${service}:run`

/**
 * Our file for a resolved project: free ports of 127.0.0.1 (the same over a restart of the container), labels, limits of memory, processes
 * and logs; names that two grades side by side would share are taken away. Images are never pulled while a lab runs.
 * @param ports filled with the chosen ports; one that is there already is kept
 */
export async function overrideFor(config: ComposeConfig, options: OverrideOptions, ports: Ports): Promise<string> {
  const { marks } = options
  const labels = labelsOf(marks)
  const lines = ['services:']
  const services = Object.entries(config.services ?? {})
  const images = new Map(services.flatMap(([name, { build, image }]) => (build && image ? [[image, builtImage(marks.project, name)]] : [])))
  for (const [name, service] of services) {
    lines.push(`  ${JSON.stringify(name)}:`)
    const set = (key: string, value: unknown, tag = '') => lines.push(`    ${key}: ${tag}${literally(JSON.stringify(value))}`)
    if (service.container_name) set('container_name', null, '!reset ')
    set('labels', labels)
    if (service.build) {
      set('image', builtImage(marks.project, name))
      lines.push(
        '    build:',
        ...(service.build.tags ? ['      tags: !reset []'] : []),
        `      labels: ${literally(JSON.stringify({ [HOME_LABEL]: home() }))}`,
      )
    } else {
      const image = service.image && images.get(service.image)
      if (image) set('image', image)
      set('pull_policy', 'never')
    }
    if (service.ports?.length) set('ports', await portsOf(name, service, ports), '!override ')
    limits(service, options, set)
    set('logging', { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '2' } }, '!override ')
  }
  for (const section of ['networks', 'volumes'] as const) {
    const names = Object.keys(config[section] ?? {})
    if (names.length === 0) continue
    lines.push(`${section}:`)
    for (const name of names)
      lines.push(`  ${JSON.stringify(name)}: ${literally(JSON.stringify({ name: `${marks.project}_${name}`, labels }))}`)
  }
  return `${lines.join('\n')}\n`
}

/** A dollar sign would be read as a variable. */
const literally = (text: string): string => text.replaceAll('$', '$$$$')

async function portsOf(name: string, service: ServiceConfig, ports: Ports): Promise<unknown[]> {
  const replicated = replicasOf(service) > 1
  return Promise.all(
    (service.ports ?? []).map(async ({ target, protocol = 'tcp' }) => {
      const key = `${name}:${target}/${protocol}`
      // Replicas cannot share a port: the engine gives each its own.
      if (!replicated && !ports.has(key)) ports.set(key, await freePort())
      const published = ports.get(key)
      return { target, protocol, host_ip: '127.0.0.1', ...(published && !replicated ? { published: String(published) } : {}) }
    }),
  )
}

/** Compose refuses two different limits of the same thing: ours goes where theirs is. */
function limits(service: ServiceConfig, { memory }: OverrideOptions, set: (key: string, value: unknown) => void): void {
  const theirs = Number(service.deploy?.resources?.limits?.memory ?? service.mem_limit ?? memory.usual) || memory.usual
  const bytes = Math.min(theirs, memory.most)
  const deployed = service.deploy?.resources?.limits
  const pids = Math.min(deployed?.pids ?? service.pids_limit ?? PIDS, PIDS)
  // With any limit under `deploy`, compose looks for all of them there, and old and new keys must say the same.
  if (deployed) set('deploy', { resources: { limits: { memory: String(bytes), pids: pids > 0 ? pids : PIDS } } })
  if (!deployed || service.mem_limit !== undefined) set('mem_limit', bytes)
  if (!deployed || service.pids_limit !== undefined) set('pids_limit', pids > 0 ? pids : PIDS)
}
