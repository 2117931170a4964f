/** The platform on containers: compose/platform.yaml, brought up and taken down. It outlives the command that started it, as containers do. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askDocker, DockerFailure, type DockerOptions, docker, dockerEnv } from '../engines/docker/client.ts'
import { requireEngine } from '../engines/docker/reachable.ts'
import { CodedError } from '../errors/coded-error.ts'
import { confinedTo } from '../services/valkey/acl.ts'
import { layData, layLab, layOwn } from './lay.ts'
import { PARTS, STEPS } from './parts.ts'
import { dockerDir, type Settings, settingsFile, settle } from './settings.ts'
import { platformDir, removeState, writeState } from './state.ts'
import type { Access, Extra, PartShown, PlatformRequest, PlatformState } from './types.ts'

/** Milliseconds from `up` to everything healthy: on two busy cores JVMs take their time. */
const UP_WITHIN = 8 * 60_000
/** Parts are asked to end, one depending on another after it; on a busy machine some are killed after their ten seconds. */
const DOWN_WITHIN = 5 * 60_000

/** One platform of this machine's user; tests, which keep theirs elsewhere, have projects of their own. */
export function projectName(root: string): string {
  const elsewhere = process.env['MILLRACE_PLATFORM']
  return elsewhere ? `fjordline-${createHash('sha256').update(platformDir(root)).digest('hex').slice(0, 8)}` : 'fjordline'
}

/** Arguments of `docker compose` for the platform, with every profile unless some are named. */
export function composeArgs(root: string, profiles: readonly string[] = ['*']): string[] {
  const file = join(root, 'compose/platform.yaml')
  const chosen = profiles.flatMap(profile => ['--profile', profile])
  return ['compose', '--project-directory', join(root, 'compose'), '--env-file', settingsFile(root), '--file', file, ...chosen]
}

/** Runs a compose command on the platform. @throws DockerFailure with what it said */
export const compose = (root: string, args: readonly string[], options: DockerOptions = {}): Promise<string> =>
  docker([...composeArgs(root), ...args], options)

export interface DockerPlatformOptions extends PlatformRequest {
  root: string
  onProgress?: (text: string) => void
  signal?: AbortSignal
}

/** Addresses of extras as other containers see them; empty for those that were left out. */
const INSIDE: Partial<Record<Extra, Record<string, string>>> = {
  chat: { DISPATCH_URL: 'http://dispatch:8080' },
  limiter: { LIMITER_URL: 'http://limiter:8080', PARTNER_API_URL: 'http://partner-api:8080' },
  scheduler: { SCHEDULER_URL: 'http://scheduler:8080' },
}

/**
 * Brings the platform up and waits until every part is healthy and every step of preparation has ended well.
 * @throws CodedError MR-E-120 … without a fit engine, MR-E-122 when an image is missing, MR-E-161 when a part does not get ready
 */
export async function startDockerPlatform(options: DockerPlatformOptions): Promise<PlatformState> {
  const { root, extras, from, signal, onProgress = () => {} } = options
  await requireEngine()
  const settings = await settle(root, projectName(root))
  layParts(root, options, settings)
  const env = Object.assign({}, ...extras.map(extra => INSIDE[extra])) as Record<string, string>
  const args = composeArgs(root, extras)
  const within = { within: UP_WITHIN, env, ...(signal ? { signal } : {}) }
  await requireImages(args, within)
  onProgress('starting containers')
  const up = await askDocker([...args, 'up', '--detach', '--remove-orphans', '--pull', 'never', '--quiet-pull'], {
    ...within,
    onLine: line => onProgress(line.trim()),
  })
  if (up.code !== 0) throw await partFailure(root, up.stderr)
  await untilHealthy(root, onProgress, signal)
  const state: PlatformState = {
    version: 1,
    engine: 'docker',
    pid: 0,
    birth: '',
    startedAt: new Date().toISOString(),
    extras: [...extras],
    from,
    parts: await partsOf(root, from),
    access: accessOf(settings, extras),
    logs: dockerDir(root),
  }
  writeState(root, state)
  return state
}

/** Takes the containers and networks away; with `volumes` also the data, the secrets and the laid programs. @throws CodedError MR-E-124 */
export async function stopDockerPlatform(root: string, how: { volumes: boolean }): Promise<void> {
  await compose(root, ['down', '--remove-orphans', ...(how.volumes ? ['--volumes'] : [])], { within: DOWN_WITHIN }).catch(error => {
    throw error instanceof DockerFailure ? new CodedError('MR-E-124', { message: error.message }, { cause: error }) : error
  })
  removeState(root)
  if (how.volumes) rmSync(dockerDir(root), { recursive: true, force: true })
}

/** For Ctrl-C while it starts: the end is left to a process that outlives this one. */
export function abandonDockerPlatform(root: string): void {
  const end = spawn('docker', [...composeArgs(root), 'down', '--remove-orphans', '--timeout', '0'], {
    detached: true,
    stdio: 'ignore',
    env: dockerEnv(),
  })
  end.unref()
}

function layParts(root: string, { extras, from }: PlatformRequest, settings: Settings): void {
  const parts = settings.PARTS
  rmSync(parts, { recursive: true, force: true })
  layOwn(root, join(parts, 'platform'))
  const wanted = PARTS.filter(({ extra }) => extra === undefined || extras.includes(extra))
  const labs = new Set([...wanted, ...Object.values(STEPS)].flatMap(({ lab }) => lab ?? []))
  for (const lab of labs) layLab(root, lab, from, join(parts, lab))
  for (const folder of ['platform', ...labs]) mkdirSync(join(parts, folder, 'node_modules'), { recursive: true }) // Where node_modules is mounted.
  layData(join(parts, 'data'), 7)
  mkdirSync(join(parts, 'acl'))
  const users = (['chat', 'limiter', 'scheduler'] as const).map(
    name =>
      `user ${name} on >${settings[`${name.toUpperCase() as Uppercase<typeof name>}_REDIS_PASSWORD`]} ${confinedTo(`${name}:`).join(' ')}\n`,
  )
  writeFileSync(join(parts, 'acl', 'users.acl'), `user default off\n${users.join('')}`)
}

async function requireImages(args: readonly string[], options: DockerOptions): Promise<void> {
  const images = [...new Set((await docker([...args, 'config', '--images'], options)).split('\n').filter(line => line !== ''))]
  const found = await Promise.all(images.map(image => askDocker(['image', 'inspect', '--format', '{{.Id}}', image])))
  const missing = images.filter((_, i) => found[i]!.code !== 0)
  if (missing.length > 0) throw new CodedError('MR-E-122', { list: missing.join(', '), names: missing.join(' ') })
}

/** A container as `docker compose ps` tells of it. */
interface Container {
  Service: string
  State: string
  Health: string
  ExitCode: number
  Image: string
  Publishers: { URL: string; PublishedPort: number }[] | null
}

async function containers(root: string): Promise<Container[]> {
  const text = await compose(root, ['ps', '--all', '--format', 'json'])
  return text.split('\n').flatMap(line => (line.trim() === '' ? [] : (JSON.parse(line) as Container)))
}

const STEP_SERVICES = new Set(Object.keys(STEPS))
const ready = ({ Service, State, Health, ExitCode }: Container): boolean =>
  STEP_SERVICES.has(Service) ? State === 'exited' && ExitCode === 0 : State === 'running' && (Health === '' || Health === 'healthy')

async function untilHealthy(root: string, onProgress: (text: string) => void, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + UP_WITHIN
  for (;;) {
    signal?.throwIfAborted()
    const waiting = (await containers(root)).filter(container => !ready(container))
    if (waiting.length === 0) return
    onProgress(`waiting for ${waiting.map(({ Service }) => Service).join(', ')}`)
    if (performance.now() > deadline) throw await partFailure(root, '', waiting[0])
    await new Promise(resolve => setTimeout(resolve, 500))
  }
}

/** Which part did not get ready, with the end of what it said. */
async function partFailure(root: string, said: string, late?: Container): Promise<CodedError> {
  const failed = late ?? (await containers(root)).find(container => !ready(container) && container.State !== 'created')
  const part = failed?.Service ?? 'compose'
  const log = failed ? await compose(root, ['logs', '--no-color', '--no-log-prefix', '--tail', '6', part]).catch(() => '') : said
  const how = failed ? `it is ${failed.State}${failed.Health ? `, ${failed.Health}` : ''}, exit code ${failed.ExitCode}` : 'compose failed'
  const message = `${how}: ${log.trim().split('\n').slice(-6).join(' | ').slice(-600)}`
  return new CodedError('MR-E-161', {
    part,
    message,
    log: `\`docker compose --env-file ${settingsFile(root)} -f compose/platform.yaml logs ${part}\``,
  })
}

async function partsOf(root: string, from: PlatformRequest['from']): Promise<PartShown[]> {
  const known = new Map([...PARTS].map(part => [part.name, part]))
  return (await containers(root))
    .filter(({ Service }) => !STEP_SERVICES.has(Service))
    .map(({ Service, Image, Publishers }) => {
      const part = known.get(Service)
      const whose = part?.lab
        ? from === 'labs'
          ? `your lab ${part.lab}`
          : `solution of lab ${part.lab}`
        : part
          ? "the platform's own"
          : Image
      const port = Publishers?.find(({ PublishedPort }) => PublishedPort > 0)?.PublishedPort
      return { name: Service, what: part?.what ?? WHAT[Service] ?? '', whose, ...(port ? { at: `127.0.0.1:${port}` } : {}) }
    })
}

const WHAT: Record<string, string> = {
  postgres: 'the database',
  kafka: 'the log of changes, readings, alerts',
  registry: 'schemas of the topics',
  connect: 'change data capture, sink of the alerts',
  'object-store': 'keeps the Delta tables',
  valkey: 'state of scheduler, limiter, chat',
  spark: 'readings by truck and minute into their Delta table',
}

function accessOf(settings: Settings, extras: readonly Extra[]): Access {
  const http = (port: string) => `http://127.0.0.1:${port}`
  return {
    databaseUrl: `postgres://fjord:${settings.OWNER_PASSWORD}@127.0.0.1:${settings.POSTGRES_PORT}/fjord`,
    kafka: `127.0.0.1:${settings.KAFKA_PORT}`,
    registry: `${http(settings.REGISTRY_PORT)}/apis/ccompat/v7`,
    connect: http(settings.CONNECT_PORT),
    s3: { url: http(settings.S3_PORT), accessKey: settings.S3_ACCESS_KEY, secretKey: settings.S3_SECRET_KEY },
    status: http(settings.STATUS_PORT),
    lakeForJobs: 'http://lake:8080',
    ...(extras.includes('spark') ? { spark: true } : {}),
    ...(extras.includes('chat') ? { chat: { address: `127.0.0.1:${settings.CHAT_PORT}`, secret: settings.CHAT_SECRET } } : {}),
    ...(extras.includes('limiter') ? { partnerApi: http(settings.PARTNER_API_PORT), limiter: http(settings.LIMITER_PORT) } : {}),
    ...(extras.includes('scheduler') ? { scheduler: http(settings.SCHEDULER_PORT) } : {}),
  }
}
