/** The rules over one service. Each looks at one kind of thing and is told apart from its neighbours by its error code. */
import { basename } from 'node:path'
import { nearest } from '../../ui/nearest.ts'
import type { ServiceConfig } from './config.ts'
import type { Finding, RuleContext } from './policy.ts'

type Rule = (service: ServiceConfig, context: RuleContext) => Finding[]

const NAMESPACES = {
  network_mode: 'network',
  pid: 'processes',
  ipc: 'shared memory',
  uts: 'host name',
  userns_mode: 'users',
  cgroup: 'control groups',
} as const

/** `service:x` stays inside of the project; `host` and `container:x` do not. */
const leavesProject = (value: string): boolean => /^(host|container:|ns:)/i.test(value.trim())

const privileged: Rule = service => {
  const found: Finding[] = service.privileged ? [{ code: 'MR-E-100', key: 'privileged', value: 'true' }] : []
  for (const key of ['post_start', 'pre_stop'] as const)
    if (service[key]?.some(hook => hook.privileged)) found.push({ code: 'MR-E-100', key, value: 'privileged: true', hint: 'privileged' })
  if (service.build?.privileged) found.push({ code: 'MR-E-100', key: 'build', value: 'privileged: true', hint: 'privileged' })
  return found
}

const namespaces: Rule = service => {
  const found = Object.entries(NAMESPACES).flatMap(([key, what]): Finding[] => {
    const value = service[key as keyof typeof NAMESPACES]
    return value && leavesProject(value) ? [{ code: 'MR-E-101', key, value, what }] : []
  })
  if (service.build?.network && leavesProject(service.build.network))
    found.push({ code: 'MR-E-101', key: 'build', value: service.build.network, what: 'network while building', hint: 'network' })
  if (service.cgroup_parent) found.push({ code: 'MR-E-101', key: 'cgroup_parent', value: service.cgroup_parent, what: 'control groups' })
  return found
}

const SOCKETS = /(^|\/)(docker|containerd|podman|crio|buildkitd)[\w.-]*\.sock$|docker_engine/i

const mounts: Rule = (service, { inside }) => {
  const found: Finding[] = service.use_api_socket ? [{ code: 'MR-E-102', key: 'use_api_socket', value: 'true' }] : []
  for (const { type, source = '', target } of service.volumes ?? []) {
    if (type !== 'bind' && type !== 'npipe') continue
    const hint = basename(source)
    // A folder that holds the socket is outside of the lab anyway.
    if (SOCKETS.test(source) || SOCKETS.test(target)) found.push({ code: 'MR-E-102', key: 'volumes', value: source, hint })
    else if (!inside(source)) found.push({ code: 'MR-E-103', key: 'volumes', value: source, hint })
  }
  for (const from of service.volumes_from ?? [])
    if (from.startsWith('container:')) found.push({ code: 'MR-E-110', key: 'volumes_from', value: from, hint: from })
  for (const link of service.external_links ?? []) found.push({ code: 'MR-E-110', key: 'external_links', value: link, hint: link })
  return found
}

const rights: Rule = service => {
  const found: Finding[] = (service.cap_add ?? []).map(value => ({ code: 'MR-E-104', key: 'cap_add', value, hint: value }))
  for (const [name, value] of Object.entries(service.sysctls ?? {}))
    if (!name.startsWith('net.')) found.push({ code: 'MR-E-104', key: 'sysctls', value: `${name}=${value}`, hint: name })
  for (const value of service.build?.entitlements ?? []) found.push({ code: 'MR-E-104', key: 'build', value, hint: value })
  if (service.oom_kill_disable) found.push({ code: 'MR-E-104', key: 'oom_kill_disable', value: 'true' })
  return found
}

const devices: Rule = service => {
  const named = (device: unknown): string =>
    typeof device === 'string' ? device : String((device as { source?: string }).source ?? JSON.stringify(device))
  const found: Finding[] = (service.devices ?? []).map(device => ({
    code: 'MR-E-105',
    key: 'devices',
    value: named(device),
    hint: named(device),
  }))
  for (const value of service.device_cgroup_rules ?? []) found.push({ code: 'MR-E-105', key: 'device_cgroup_rules', value, hint: value })
  if (service.gpus) found.push({ code: 'MR-E-105', key: 'gpus', value: 'gpus' })
  if (service.deploy?.resources?.reservations?.devices?.length)
    found.push({ code: 'MR-E-105', key: 'deploy', value: 'reservations.devices', hint: 'devices' })
  return found
}

/** Options that only tighten. */
const TIGHTER = /^no-new-privileges([:=]true)?$/i

const protections: Rule = service => {
  const found: Finding[] = (service.security_opt ?? [])
    .filter(value => !TIGHTER.test(value))
    .map(value => ({ code: 'MR-E-106', key: 'security_opt', value, hint: value }))
  if (service.runtime && service.runtime !== 'runc') found.push({ code: 'MR-E-106', key: 'runtime', value: service.runtime })
  if (service.credential_spec) found.push({ code: 'MR-E-106', key: 'credential_spec', value: 'credential_spec' })
  return found
}

const images: Rule = (service, { images, built }) => {
  const { image } = service
  if (!image || service.build || built.has(image)) return []
  const name = image.replace(/^docker\.io\/(library\/)?/, '')
  if (images.includes(name)) return []
  const [repository = '', tag] = tagOf(name)
  const known = images.find(candidate => tagOf(candidate)[0] === repository)
  // The key is the service's: with an anchor or `extends` it stands elsewhere, which the locator follows.
  if (!name.includes('@') && (tag === undefined || tag === 'latest'))
    return [{ code: 'MR-E-107', key: 'image', value: image, nearest: known ?? nearest(name, images) ?? images[0] ?? '' }]
  return [{ code: 'MR-E-108', key: 'image', value: image, nearest: known ?? nearest(name, images) ?? images[0] ?? '' }]
}

/** "repository" and its tag; a colon before a slash is a registry's port. */
function tagOf(image: string): [string, string | undefined] {
  const at = image.lastIndexOf(':')
  return at > image.lastIndexOf('/') ? [image.slice(0, at), image.slice(at + 1)] : [image, undefined]
}

const builds: Rule = (service, { inside }) => {
  const { build } = service
  if (!build) return []
  const found: Finding[] = []
  const outside = (value: string, hint: string) => found.push({ code: 'MR-E-109', key: 'build', value, hint })
  if (build.context !== undefined && !inside(build.context)) outside(build.context, 'context')
  // Relative to its context, which is inside: so it is checked as a path from there.
  if (
    build.dockerfile &&
    build.context &&
    !inside(build.dockerfile.startsWith('/') ? build.dockerfile : `${build.context}/${build.dockerfile}`)
  )
    outside(build.dockerfile, 'dockerfile')
  for (const [name, from] of Object.entries(build.additional_contexts ?? {}))
    if (!inside(from) && !from.startsWith('service:')) outside(from, name)
  for (const key of ['cache_from', 'cache_to'] as const) for (const value of build[key] ?? []) outside(value, key)
  if (build.ssh && Object.keys(build.ssh).length > 0) outside('the keys of your ssh agent', 'ssh')
  return found
}

const hostPrograms: Rule = service => (service.provider ? [{ code: 'MR-E-111', key: 'provider', value: 'provider' }] : [])

export const SERVICE_RULES: readonly Rule[] = [privileged, namespaces, mounts, rights, devices, protections, images, builds, hostPrograms]
