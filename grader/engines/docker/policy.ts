/** What a learner's compose file may not ask for. Decides over the resolved configuration only, where extends, include and anchors are gone. */
import { isAbsolute, relative, resolve } from 'node:path'
import { CodedError } from '../../errors/coded-error.ts'
import type { ErrorCode } from '../../errors/table.ts'
import { nearest } from '../../ui/nearest.ts'
import { type ComposeConfig, type Resource, replicasOf } from './config.ts'
import type { Locate } from './places.ts'
import { SERVICE_RULES } from './policy-rules.ts'

/** What the decision needs besides the configuration. */
export interface PolicyOptions {
  /** The lab folder (absolute): binds, build contexts and secret files stay below it. */
  labDir: string
  /** Images of the course, e.g. "postgres:17". */
  images: readonly string[]
  /** Where a setting stands; for the message. */
  locate: Locate
  /** The path with symbolic links followed, so that a link cannot lead out; default the path itself. */
  realPath?: (path: string) => string
}

/** What a rule finds: facts of the error's entry, and what to look for in the file. */
export interface Finding {
  code: ErrorCode
  key: string
  value: string
  what?: string
  hint?: string
  nearest?: string
}

/** What rules may ask. */
export interface RuleContext {
  inside(path: string): boolean
  images: readonly string[]
  /** Images that the project builds itself. */
  built: ReadonlySet<string>
}

/** Containers of one project. */
const CONTAINERS_AT_MOST = 24

/** The lesson that explains each refusal. */
const LESSONS: Partial<Record<ErrorCode, string>> = {
  'MR-E-101': 'lab 2.1 (networks)',
  'MR-E-103': 'lab 1.3 (volumes and bind mounts)',
  'MR-E-107': 'lab 1.2 (images and tags)',
  'MR-E-109': 'lab 1.2 (the build context)',
  'MR-E-110': 'lab 2.1 (what belongs to a project)',
}
const LESSON = 'lab 1.1 (what isolates a container)'

/**
 * Every refusal, in the order of the services; empty when the project may run. Pure: touches no file and no engine (`realPath` and
 * `locate` are the caller's).
 */
export function checkPolicy(config: ComposeConfig, options: PolicyOptions): CodedError[] {
  const { labDir, locate, realPath = path => path } = options
  const lab = realPath(labDir)
  const inside = (path: string): boolean => {
    if (!isAbsolute(path)) return false
    const way = relative(lab, realPath(resolve(path)))
    return way === '' || !(way === '..' || way.startsWith('../') || isAbsolute(way))
  }
  const services = Object.entries(config.services ?? {})
  const built = new Set(services.flatMap(([, service]) => (service.build && service.image ? [service.image] : [])))
  const context: RuleContext = { inside, images: options.images, built }
  const refuse = (section: string, name: string, finding: Finding): CodedError => {
    const place = locate(section, name, finding.key, finding.hint)
    const file = inside(place.file) ? relative(lab, realPath(resolve(place.file))) : place.file
    const { code, key, value, what = key } = finding
    const facts = {
      service: section === 'services' ? name : `${section}.${name}`,
      field: key,
      value,
      what,
      lesson: LESSONS[code] ?? LESSON,
    }
    return new CodedError(code, {
      ...facts,
      ...place,
      file,
      limit: CONTAINERS_AT_MOST,
      nearest: finding.nearest ?? nearest(value, options.images) ?? options.images[0] ?? '',
    } as Record<string, unknown> as never)
  }
  const found = services.flatMap(([name, service]) =>
    SERVICE_RULES.flatMap(rule => rule(service, context).map(each => refuse('services', name, each))),
  )
  for (const section of ['networks', 'volumes', 'secrets', 'configs'] as const)
    for (const [name, resource] of Object.entries(config[section] ?? {}))
      found.push(...resourceFindings(section, resource ?? {}, inside).map(each => refuse(section, name, each)))
  const containers = services.reduce((sum, [, service]) => sum + replicasOf(service), 0)
  if (containers > CONTAINERS_AT_MOST) {
    const [name = '', largest] = services.toSorted(([, a], [, b]) => replicasOf(b) - replicasOf(a))[0] ?? []
    const key = largest?.deploy?.replicas === undefined ? 'scale' : 'deploy'
    found.push(refuse('services', name, { code: 'MR-E-112', key, value: `${containers} containers` }))
  }
  return found
}

function resourceFindings(section: string, resource: Resource, inside: (path: string) => boolean): Finding[] {
  const found: Finding[] = []
  if (resource.external) found.push({ code: 'MR-E-110', key: 'external', value: String(resource.name ?? true) })
  if (resource.file !== undefined && !inside(resource.file)) found.push({ code: 'MR-E-103', key: 'file', value: resource.file })
  if (section === 'networks' && resource.driver && resource.driver !== 'bridge')
    found.push({ code: 'MR-E-101', key: 'driver', value: resource.driver, what: 'network' })
  if (section !== 'volumes') return found
  if (resource.driver && resource.driver !== 'local') found.push({ code: 'MR-E-110', key: 'driver', value: resource.driver })
  // A volume of the local driver can be a bind mount, a network share or a disk in disguise: `o: bind, device: /`.
  const { type, device, o } = resource.driver_opts ?? {}
  const memory = type === 'tmpfs' && (device === undefined || device === 'tmpfs')
  if (Object.keys(resource.driver_opts ?? {}).length > 0 && !memory && !(typeof device === 'string' && type === 'none' && inside(device)))
    found.push({ code: 'MR-E-103', key: 'driver_opts', value: String(device ?? o ?? type ?? 'a driver option'), hint: 'device' })
  return found
}
