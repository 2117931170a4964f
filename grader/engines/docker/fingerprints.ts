/** What a service is made of, as one value: when it is the same, a container of it is the same as a new one. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { ComposeConfig, ServiceConfig } from './config.ts'

export interface Prints {
  /** Of what all services share: networks, volumes, configs, secrets. */
  shared: string
  services: Record<string, { print: string; needs: string[]; volumes: string[] }>
}

/** Files of a build context that are read; a larger one never counts as unchanged. */
const FILES_AT_MOST = 5_000

/**
 * Fingerprints of a resolved project. A build counts by the content of its context. A file or folder of the lab that a container sees (bind
 * mounts, configs, secrets) counts by its place: each judgement lays a workspace of its own, so such a service starts anew with each.
 */
export function fingerprints(config: ComposeConfig, labDir: string): Prints {
  const contexts = new Map<string, string>()
  const contextOf = (context: string): string => {
    const path = resolve(labDir, context)
    if (!contexts.has(path)) contexts.set(path, hash(folder(path)))
    return contexts.get(path)!
  }
  const services = Object.entries(config.services ?? {}).map(([name, service]) => {
    const { build, ...rest } = service
    const built = build && [JSON.stringify(build).replaceAll(JSON.stringify(labDir).slice(1, -1), '.'), contextOf(build.context ?? '.')]
    const linked = (service as { configs?: unknown; secrets?: unknown }).configs ?? (service as { secrets?: unknown }).secrets
    const print = hash([JSON.stringify(rest), ...(built ?? []), linked ? labDir : ''])
    return [name, { print, needs: needsOf(service), volumes: volumesOf(service) }] as const
  })
  const { networks, volumes, configs, secrets } = config
  const shared = hash([JSON.stringify([networks, volumes].map(section => withoutNames(section))), configs || secrets ? labDir : ''])
  return { shared, services: Object.fromEntries(services) }
}

/** Compose names networks and volumes after the project when the file does not: names of a folder, here. */
const withoutNames = (section: Record<string, { name?: string } | null> | undefined) =>
  Object.entries(section ?? {}).map(([key, resource]) => [key, { ...resource, name: undefined }])

function needsOf(service: ServiceConfig): string[] {
  const modes = [service.network_mode, service.pid, service.ipc].flatMap(mode => /^service:(.+)$/.exec(mode ?? '')?.[1] ?? [])
  const from = (service.volumes_from ?? []).map(source => source.split(':')[0]!)
  return [...new Set([...Object.keys(service.depends_on ?? {}), ...modes, ...from])]
}

const volumesOf = (service: ServiceConfig): string[] =>
  (service.volumes ?? []).flatMap(({ type, source }) => (type === 'volume' && source ? [source] : []))

const hash = (parts: readonly (string | Buffer)[]): string => {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(`${part.length}\0`).update(part)
  return sum.digest('hex')
}

/** Names and contents below a folder, sorted. */
function folder(path: string): (string | Buffer)[] {
  const parts: (string | Buffer)[] = []
  let files = 0
  const walk = (dir: string): void => {
    for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(dir, entry.name)
      if (++files > FILES_AT_MOST) return
      parts.push(relative(path, child))
      if (entry.isDirectory()) walk(child)
      else if (entry.isSymbolicLink()) parts.push(readlinkSync(child))
      else if (entry.isFile()) parts.push(readFileSync(child))
    }
  }
  walk(path)
  return files > FILES_AT_MOST ? [String(process.hrtime.bigint())] : parts
}
