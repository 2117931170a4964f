/** A learner's compose project while it is judged. */
import { stripVTControlCharacters } from 'node:util'
import { CodedError } from '../../errors/coded-error.ts'
import type { Timeline } from '../../kpi/types.ts'
import { noteVolume } from '../../process/containers.ts'
import { askDocker, type DockerAnswer, DockerFailure, type DockerOptions } from './client.ts'
import type { ComposeConfig } from './config.ts'
import { type EventStream, followEvents } from './events.ts'
import { type Container, readContainers } from './inspect.ts'
import { labelsOf, type Marks } from './marks.ts'
import type { Ports } from './override.ts'
import { settleOf } from './ready.ts'
import { removeLabelled } from './sweep.ts'

/** How a project was prepared; made by `openProject`. */
export interface Prepared {
  marks: Marks
  /** The run's folder. */
  runDir: string
  labDir: string
  /** Arguments before the compose command: project name, files, env file. */
  args: string[]
  env: Record<string, string>
  ports: Ports
  timeline?: Timeline
  /** Reads, checks and overrides the files again: a container may have written to them through a bind mount. */
  check(): Promise<ComposeConfig>
}

export interface UpOptions {
  /** Only these and what they depend on. */
  services?: string[]
  /** Which services are built; default those of `services`. */
  build?: string[]
  /** Milliseconds until every container runs and is healthy; default 60,000. Building counts apart, five minutes. */
  within?: number
  /** Further arguments of `docker compose up`, e.g. --force-recreate. */
  args?: string[]
  onProgress?: (text: string) => void
}

/** Milliseconds for building the project's own images. */
const BUILD_WITHIN = 5 * 60_000
/** Commands after which a container may be gone and its anonymous volumes left. */
const REPLACES = ['up', 'create', 'rm', 'down', 'run']
/** How the engine names a volume that nobody named. */
export const ANONYMOUS = /^[0-9a-f]{64}$/

/** Runs the learner's files under a name of its own. Always `close` it. */
export class ComposeProject {
  /** Compose's name of the project, e.g. "mr7f3a91b2c4d5-1a2b". */
  readonly name: string
  readonly events: EventStream
  /** Resolved from the learner's files alone, without ours. */
  config: ComposeConfig
  private readonly prepared: Prepared
  private closing: Promise<void> | undefined
  /** Anonymous volumes that containers of this project had: without a label, only a note of their names finds them once their container is gone. */
  private readonly anonymous = new Set<string>()

  constructor(prepared: Prepared, config: ComposeConfig) {
    this.prepared = prepared
    this.config = config
    this.name = prepared.marks.project
    this.events = followEvents(this.name, { runId: prepared.marks.runId, ...(prepared.timeline ? { timeline: prepared.timeline } : {}) })
  }

  /** For a container that a KPI puts beside the project: it is found and removed with the run. */
  get labels(): Record<string, string> {
    return labelsOf(this.prepared.marks)
  }

  /** Any compose command on this project; tells how it ended. The policy has been checked by `up`, not by this. */
  async compose(args: readonly string[], options: DockerOptions = {}): Promise<DockerAnswer> {
    const { marks, labDir, env } = this.prepared
    if (args.some(arg => REPLACES.includes(arg))) await this.containers()
    return askDocker([...this.prepared.args, ...args], { cwd: labDir, runId: marks.runId, ...options, env: { ...env, ...options.env } })
  }

  /**
   * Build what is built here, start it, wait until it is ready: each container runs and is healthy, or has ended with 0 and is not to restart.
   * @throws CodedError MR-E-100 … 113 when the files changed into something refused, MR-E-114 when compose fails or a container ends,
   * MR-E-115 when one is not ready in time, MR-E-124 when the engine does not answer
   */
  async up(options: UpOptions = {}): Promise<void> {
    const { services = [], build = services, within = 60_000, args = [], onProgress } = options
    this.config = await this.prepared.check()
    const watch = onProgress ? { onLine: onProgress } : {}
    try {
      if (options.build?.length !== 0 && Object.values(this.config.services ?? {}).some(service => service.build)) {
        const built = await this.compose(['--progress', 'plain', 'build', ...build], { within: BUILD_WITHIN, ...watch })
        if (built.code !== 0) throw this.failed('a build', built.stderr || built.stdout)
      }
      const deadline = performance.now() + within
      const up = await this.compose(['--progress', 'plain', 'up', '--detach', '--no-build', ...args, ...services], { within, ...watch })
      if (up.code !== 0) throw await this.whyNot(up.stderr)
      await settleOf(
        () => this.containers(),
        deadline,
        within,
        container => this.logs(container.service, { tail: 5 }),
      )
    } catch (error) {
      if (error instanceof DockerFailure) throw new CodedError('MR-E-124', { message: error.message }, { cause: error })
      throw error
    }
  }

  /** Every container of the project, running or not, as the engine sees it. */
  async containers(): Promise<Container[]> {
    const found = await readContainers(this.name)
    const anonymous = found.flatMap(({ raw }) =>
      raw.Mounts.flatMap(({ Type, Name = '' }) => (Type === 'volume' && ANONYMOUS.test(Name) ? [Name] : [])),
    )
    for (const name of anonymous.filter(name => !this.anonymous.has(name))) {
      this.anonymous.add(name)
      noteVolume(this.prepared.runDir, name)
    }
    return found
  }

  /** The container of a service, running or not. Throws MR-E-124 when there is none. */
  async container(service: string): Promise<Container> {
    const found = (await this.containers()).find(container => container.service === service)
    if (!found) throw new CodedError('MR-E-124', { message: `service ${service} has no container` })
    return found
  }

  /** The port of 127.0.0.1 that leads to a port of a service; undefined when the learner's file publishes none. */
  port(service: string, target: number, protocol: 'tcp' | 'udp' = 'tcp'): number | undefined {
    const published = this.config.services?.[service]?.ports?.some(port => port.target === target && (port.protocol ?? 'tcp') === protocol)
    // A port may have been chosen for a variable although the file does not publish it.
    return published ? this.prepared.ports.get(`${service}:${target}/${protocol}`) : undefined
  }

  /** What a service printed, both streams, with the engine's times in front of each line when asked for. */
  async logs(service: string, options: { tail?: number; times?: boolean } = {}): Promise<string> {
    const args = [
      'logs',
      '--no-color',
      '--no-log-prefix',
      ...(options.tail ? ['--tail', String(options.tail)] : []),
      ...(options.times ? ['--timestamps'] : []),
    ]
    const { stdout, stderr } = await this.compose([...args, service])
    // Compose clears each line before it writes it.
    return stripVTControlCharacters(stdout + stderr)
  }

  /** Run a command in a service's container; tells how it ended. At most 30 s unless said otherwise. */
  async exec(service: string, command: readonly string[], options: DockerOptions & { user?: string } = {}): Promise<DockerAnswer> {
    const { id } = await this.container(service)
    return askDocker(['exec', '--interactive', ...(options.user ? ['--user', options.user] : []), id, ...command], options)
  }

  /** `docker compose down`: containers and networks go, named volumes only with `volumes`. */
  async down(options: { volumes?: boolean } = {}): Promise<void> {
    const args = ['down', '--remove-orphans', '--timeout', '5', ...(options.volumes ? ['--volumes'] : [])]
    const { code, stderr } = await this.compose(args, { within: 60_000 })
    if (code !== 0) throw new DockerFailure(['compose', ...args], code, stderr)
  }

  /** End and remove all of it: containers, networks, volumes, images that were built. Safe to call twice. Throws when the engine does not answer. */
  close(): Promise<void> {
    return (this.closing ??= this.end())
  }

  private async end(): Promise<void> {
    try {
      // By project: another project of the same run may be up. No grace: nobody is to learn anything from how it ends.
      const ids = (await this.containers()).map(container => container.id)
      if (ids.length > 0) await askDocker(['rm', '--force', '--volumes', ...ids], { within: 60_000 })
      if (this.anonymous.size > 0) await askDocker(['volume', 'rm', '--force', ...this.anonymous], { within: 60_000 })
      await removeLabelled([`com.docker.compose.project=${this.name}`], `${this.name}-`)
    } finally {
      this.events.close()
    }
  }

  private async whyNot(stderr: string): Promise<CodedError> {
    const containers = await this.containers().catch(() => [])
    const ended = ({ state, exitCode, restarts, health }: Container) =>
      (state === 'exited' && exitCode !== 0) || state === 'restarting' || (restarts > 0 && health !== 'healthy')
    const bad = containers.find(ended) ?? containers.find(({ health }) => health === 'unhealthy')
    return this.failed(bad?.service ?? 'the project', stderr, bad && (await this.logs(bad.service, { tail: 5 }).catch(() => '')))
  }

  private failed(service: string, stderr: string, log = stderr.trim().split('\n').slice(-5).join('\n')): CodedError {
    const message = stderr.trim().split('\n').at(-1)?.trim().replace(/\.$/, '') || 'no reason was given'
    return new CodedError('MR-E-114', { service, message, log: log.trim().replaceAll('\n', ' | ') || '(nothing)' })
  }
}
