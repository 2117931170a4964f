/** Runs a learner's compose file: `docker compose -p <unique> -f theirs -f ours`, checked before anything starts, removed whatever happens. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { CodedError } from '../../errors/coded-error.ts'
import type { Timeline } from '../../kpi/types.ts'
import { hasContainers } from '../../process/containers.ts'
import { freePort } from '../../process/ports.ts'
import { askDocker, DockerFailure, docker } from './client.ts'
import type { ComposeConfig } from './config.ts'
import { projectPrefix } from './marks.ts'
import { overrideFor, type Ports } from './override.ts'
import { locator } from './places.ts'
import { checkPolicy } from './policy.ts'
import { ComposeProject, type Prepared } from './project.ts'
import { requireEngine } from './reachable.ts'

export interface ComposeOptions {
  runId: string
  /** The run's folder: it says to whoever ends the run that there are containers. */
  runDir: string
  /** The learner's files (a workspace). */
  labDir: string
  /** Compose files, relative to labDir, in the order in which they are given to compose; default compose.yaml. */
  files?: string[]
  /** Read in the place of `.env`, relative to labDir. */
  envFile?: string
  /** For interpolation; the grader's own environment is never seen by a compose file. */
  env?: Record<string, string>
  profiles?: string[]
  /** Images that may be used, e.g. of compose/images.yaml. */
  images: readonly string[]
  /** Bytes: for a service without a limit (default 512 MiB), and the most that one may have (default 1.5 GiB). */
  memory?: { usual?: number; most?: number }
  timeline?: Timeline
  /**
   * Variables for interpolation that say at which port of 127.0.0.1 a container's port will be published, e.g. `{ KAFKA_PORT: 'kafka:9094' }`:
   * for servers that must announce their own address.
   */
  portVariables?: Record<string, string>
  /** Made by `warmProject`: a name and ports that stay the same over several openings. */
  warm?: { name: string; ports: Ports }
}

const MIB = 2 ** 20

/**
 * Reads and checks a project; nothing is started yet. What dead runs left in the engine was removed when the session began.
 * @throws CodedError MR-E-100 … 112 when the policy refuses it (the first refusal; `cause` has them all), MR-E-113 when compose cannot read it,
 * MR-E-120, 121 without a fit engine, MR-E-122 when an image is missing, MR-E-124 when the engine fails
 * @example const project = await openProject({ runId, runDir, labDir, images }); try { await project.up(); … } finally { await project.close() }
 */
export async function openProject(options: ComposeOptions): Promise<ComposeProject> {
  const { runId, runDir, labDir, timeline } = options
  await requireEngine()
  hasContainers(runDir)
  const project = options.warm?.name ?? `${projectPrefix(runId)}${randomBytes(3).toString('hex')}`
  const marks = { runId, project, warm: options.warm !== undefined }
  const files = (options.files ?? ['compose.yaml']).map(file => resolve(labDir, file))
  const own = join(runDir, project)
  mkdirSync(own, { recursive: true })
  const override = join(own, 'override.yaml')
  const common = [
    'compose',
    ...['--project-name', project, '--project-directory', labDir],
    ...(options.envFile ? ['--env-file', resolve(labDir, options.envFile)] : []),
    ...(options.profiles ?? []).flatMap(profile => ['--profile', profile]),
  ]
  const theirs = [...common, ...files.flatMap(file => ['--file', file])]
  const ports: Ports = options.warm?.ports ?? new Map()
  const env = { ...options.env, ...(await announced(options.portVariables ?? {}, ports)) }
  const read = (args: string[]) => resolvedConfig(args, { cwd: labDir, runId, env })
  const memory = { usual: options.memory?.usual ?? 512 * MIB, most: options.memory?.most ?? 1536 * MIB }
  const judge = (config: ComposeConfig, images: readonly string[]) => {
    const refused = checkPolicy(config, { labDir, images, locate: locator(files), realPath })
    if (refused.length > 0) throw new CodedError(refused[0]!.code, refused[0]!.facts as never, { cause: refused })
  }
  const check = async (): Promise<ComposeConfig> => {
    const config = await read(theirs)
    judge(config, options.images)
    writeFileSync(override, await overrideFor(config, { marks, memory }, ports))
    // What really runs is looked at too: our file and another Compose version must not have opened anything.
    const combined = await read([...theirs, '--file', override])
    judge(combined, [
      ...options.images,
      ...Object.values(combined.services ?? {}).flatMap(({ build, image }) => (build && image ? [image] : [])),
    ])
    await requireImages(combined, options.images)
    return config
  }
  const config = await check()
  const prepared: Prepared = {
    marks,
    runDir,
    labDir,
    args: [...theirs, '--file', override],
    env,
    ports,
    check,
    ...(timeline ? { timeline } : {}),
  }
  return new ComposeProject(prepared, config)
}

/** Chooses the ports of `portVariables`, unless they are chosen already: the override publishes at them. */
export async function announced(variables: Record<string, string>, ports: Ports): Promise<Record<string, string>> {
  const env: Record<string, string> = {}
  for (const [variable, target] of Object.entries(variables)) {
    const key = `${target}/tcp`
    if (!ports.has(key)) ports.set(key, await freePort())
    env[variable] = String(ports.get(key))
  }
  return env
}

/** The path with links followed as far as it exists: what is not there yet counts by its parent. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realPath(parent), basename(path))
  }
}

/**
 * `docker compose config` as data.
 * @throws CodedError MR-E-113 with compose's own words, MR-E-124 when it does not end
 */
export async function resolvedConfig(
  args: readonly string[],
  options: { cwd: string; runId?: string; env?: Record<string, string> },
): Promise<ComposeConfig> {
  try {
    return JSON.parse(await docker([...args, 'config', '--format', 'json'], { within: 20_000, ...options })) as ComposeConfig
  } catch (error) {
    if (!(error instanceof DockerFailure)) throw error
    if (error.exitCode === -1) throw new CodedError('MR-E-124', { message: error.message }, { cause: error })
    // Warnings (an unset variable, the old `version` key) come before the reason.
    const reason =
      error.said
        .split('\n')
        .filter(line => !line.includes('level=warning'))
        .join(' ') || error.said
    throw new CodedError('MR-E-113', { message: reason.trim().slice(0, 600).replace(/\.$/, '') }, { cause: error })
  }
}

/** Compose's own message for a missing image comes late and speaks of a registry. */
async function requireImages(config: ComposeConfig, known: readonly string[]): Promise<void> {
  const services = Object.values(config.services ?? {})
  const built = new Set(services.flatMap(({ build, image }) => (build && image ? [image] : [])))
  const needed = [...new Set(services.flatMap(({ build, image }) => (!build && image && !built.has(image) ? [image] : [])))]
  const answers = await Promise.all(needed.map(image => askDocker(['image', 'inspect', '--format', '{{.Id}}', image])))
  const missing = needed.filter((_, i) => answers[i]!.code !== 0)
  if (missing.length === 0) return
  const names = missing.map(image => known.find(candidate => image.endsWith(candidate)) ?? image)
  throw new CodedError('MR-E-122', { list: missing.join(', '), names: names.join(' ') })
}
