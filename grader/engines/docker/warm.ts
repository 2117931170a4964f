/**
 * Projects that outlive a KPI: what did not change since the KPI (or the save) before stays up.
 * Kept is what could be told apart from a fresh start by nobody who only looks; everything else is made anew.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askDocker } from './client.ts'
import { type ComposeOptions, openProject } from './compose.ts'
import { fingerprints, type Prints } from './fingerprints.ts'
import type { Container } from './inspect.ts'
import { projectPrefix } from './marks.ts'
import type { Ports } from './override.ts'
import type { ComposeProject } from './project.ts'
import { removeLabelled } from './sweep.ts'

/** What was up at the end of the last use. */
interface Kept {
  prints: Prints
  /** Container by container: id, start, restarts, state, networks. A KPI that did something to one has changed it. */
  containers: Record<string, string[]>
}

export interface WarmOptions {
  /**
   * Services that may stay although others changed: stores whose content no other service of this lab decides, or whose KPIs bring rows and
   * keys of their own. Without it, a change anywhere starts all of the project anew.
   */
  stays?: readonly string[]
  /** Milliseconds, as of `up`. */
  within?: number
}

/**
 * Opens the run's shared project of these files and brings it up, keeping what can be kept. For KPIs that only look: one that writes,
 * kills or reads logs takes a project of its own. It is removed with the run, not with the KPI.
 * @throws what `openProject` and `ComposeProject.up` throw
 */
export async function warmProject(options: ComposeOptions & WarmOptions): Promise<ComposeProject> {
  const { stays = [], within, ...compose } = options
  const name = `${projectPrefix(compose.runId)}warm${keyOf(compose)}`
  const dir = join(compose.runDir, name)
  mkdirSync(dir, { recursive: true })
  const [portsFile, keptFile] = [join(dir, 'ports.json'), join(dir, 'kept.json')]
  const ports: Ports = new Map(existsSync(portsFile) ? (JSON.parse(readFileSync(portsFile, 'utf8')) as [string, number][]) : [])
  const project = await openProject({ ...compose, warm: { name, ports } })
  try {
    writeFileSync(portsFile, JSON.stringify([...ports]))
    const prints = fingerprints(project.config, compose.labDir)
    const kept = existsSync(keptFile) && !existsSync(join(dir, IN_USE)) ? (JSON.parse(readFileSync(keptFile, 'utf8')) as Kept) : undefined
    const containers = await project.containers()
    const fresh = toStart(prints, kept && { prints: kept.prints, touched: touchedSince(kept, containers) }, stays)
    if (fresh.size === 0) return project
    // From here until it is ready nobody may count on what is up.
    rmSync(keptFile, { force: true })
    rmSync(join(dir, IN_USE), { force: true })
    await clear(project, prints, containers, fresh)
    await project.up({ build: [...fresh].filter(service => project.config.services?.[service]?.build), ...(within ? { within } : {}) })
    const up = await project.containers()
    writeFileSync(keptFile, JSON.stringify({ prints, containers: snapshot(up) } satisfies Kept))
    return project
  } catch (error) {
    project.events.close()
    throw error
  }
}

/** While it is there, somebody uses the project: whoever finds it at the start of a use knows that the one before was killed. */
const IN_USE = 'in-use'

/**
 * A warm project whose user writes and brings outages on it, and undoes that afterwards. `release` says which services are again as they were,
 * although they were killed or paused: without it they start anew. A user that was killed releases nothing, and all starts anew.
 */
export function holdWarm(project: ComposeProject, runDir: string): { release(healed: ReadonlySet<string>): Promise<void> } {
  const dir = join(runDir, project.name)
  const inUse = join(dir, IN_USE)
  writeFileSync(inUse, '')
  return {
    async release(healed) {
      const keptFile = join(dir, 'kept.json')
      if (healed.size > 0 && existsSync(keptFile)) {
        const kept = JSON.parse(readFileSync(keptFile, 'utf8')) as Kept
        const now = snapshot(await project.containers())
        for (const service of healed) if (now[service]) kept.containers[service] = now[service]
        writeFileSync(keptFile, JSON.stringify(kept))
      }
      rmSync(inUse, { force: true })
    },
  }
}

/**
 * Which services are to start anew.
 * @param before what is up, and which of it somebody did something to; undefined when nothing is
 */
export function toStart(
  now: Prints,
  before: { prints: Prints; touched: ReadonlySet<string> } | undefined,
  stays: readonly string[],
): Set<string> {
  const all = new Set(Object.keys(now.services))
  if (!before || before.prints.shared !== now.shared) return all
  const gone = Object.keys(before.prints.services).some(service => !all.has(service))
  const changed = [...all].filter(
    service => before.touched.has(service) || before.prints.services[service]?.print !== now.services[service]!.print,
  )
  if (changed.length === 0 && !gone) return new Set()
  const fresh = new Set([...all].filter(service => changed.includes(service) || !stays.includes(service)))
  // What needs, or shares a volume with, a service that starts anew does so too.
  for (let grown = -1; grown !== fresh.size; ) {
    grown = fresh.size
    for (const service of all) {
      const { needs, volumes } = now.services[service]!
      const shares = [...fresh].some(other => now.services[other]!.volumes.some(volume => volumes.includes(volume)))
      if (shares || needs.some(other => fresh.has(other))) fresh.add(service)
    }
  }
  return fresh
}

const keyOf = ({ files, envFile, profiles, env }: ComposeOptions): string =>
  createHash('sha256')
    .update(JSON.stringify([files ?? ['compose.yaml'], envFile, profiles, Object.keys(env ?? {}).sort()]))
    .digest('hex')
    .slice(0, 8)

function snapshot(containers: readonly Container[]): Kept['containers'] {
  const seen: Kept['containers'] = {}
  for (const { service, id, state, restarts, networks, raw } of containers) {
    seen[service] ??= []
    seen[service].push([id, raw.State.StartedAt, restarts, state, ...networks.map(network => network.name).sort()].join(' '))
  }
  for (const list of Object.values(seen)) list.sort()
  return seen
}

function touchedSince(kept: Kept, containers: readonly Container[]): Set<string> {
  const now = snapshot(containers)
  const services = new Set([...Object.keys(kept.containers), ...Object.keys(now)])
  const unwell = containers.filter(({ health }) => health !== undefined && health !== 'healthy').map(({ service }) => service)
  return new Set([...[...services].filter(service => String(kept.containers[service]) !== String(now[service])), ...unwell])
}

/** Removes the containers that are to start anew, what is no service any more, and the volumes that only they had. */
async function clear(project: ComposeProject, prints: Prints, containers: readonly Container[], fresh: ReadonlySet<string>): Promise<void> {
  const { services } = prints
  if (Object.keys(services).every(service => fresh.has(service))) {
    await removeLabelled([`com.docker.compose.project=${project.name}`])
    return
  }
  const ids = containers.filter(({ service }) => fresh.has(service) || !services[service]).map(({ id }) => id)
  if (ids.length > 0) await askDocker(['rm', '--force', '--volumes', ...ids], { within: 60_000 })
  const volumes = [...fresh].flatMap(service => services[service]!.volumes).map(volume => `${project.name}_${volume}`)
  if (volumes.length > 0) await askDocker(['volume', 'rm', '--force', ...new Set(volumes)], { within: 60_000 })
}
