/** The platform without Docker: services of the embedded engine, programs as processes of this machine. It lives as long as its owner. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceName } from '../course/types.ts'
import type { Engine } from '../engines/engine.ts'
import { startEngine } from '../engines/index.ts'
import { birthOf } from '../process/birth.ts'
import { openRunDir } from '../process/run.ts'
import { ADMIN_DATABASE } from '../services/postgres/template.ts'
import { openValkey } from '../services/valkey/fixture.ts'
import { layData } from './lay.ts'
import { PARTS, STEPS, type Surroundings } from './parts.ts'
import { Programs } from './programs.ts'
import { platformDir, removeState, writeState } from './state.ts'
import type { Access, Extra, PartShown, PlatformRequest, PlatformState } from './types.ts'

export interface Platform {
  state: PlatformState
  /** kill -9 of one of its programs; it is brought back. */
  kill(part: string): Promise<void>
  /** Ends everything. Safe to call twice. */
  close(): Promise<void>
}

export interface EmbeddedOptions extends PlatformRequest {
  root: string
  onProgress?: (text: string) => void
  onTrouble?: (text: string) => void
  /** Told at once how to end what has been started so far. */
  owner?: (close: () => Promise<void>) => void
}

/** What each service is, for people. */
const WHAT: Record<ServiceName, string> = {
  postgres: 'the database',
  kafka: 'the log of changes, readings, alerts',
  registry: 'schemas of the topics',
  connect: 'change data capture, sink of the alerts',
  'object-store': 'keeps the Delta tables',
  valkey: 'state of scheduler, limiter, chat',
}
/** Services that this course has built: everything else is the real thing. */
const OWN: Partial<Record<ServiceName, string>> = {
  kafka: "the course's own (lab 8.3)",
  registry: "the course's own",
  connect: "the course's own",
  'object-store': "the course's own (lab 8.7)",
}

const secret = (): string => randomBytes(18).toString('hex')

/**
 * Starts the platform and says in .millrace/platform/state.json how to reach it. Nothing of it outlives this process.
 * @throws CodedError MR-E-040 … when a service does not start, MR-E-161 when a part does not; nothing is left running then
 */
export async function startEmbeddedPlatform(options: EmbeddedOptions): Promise<Platform> {
  const { root, extras, from } = options
  const run = openRunDir()
  const work = join(root, '.millrace', 'work', run.id)
  run.warden.dir(work)
  const logs = join(platformDir(root), 'logs')
  rmSync(logs, { recursive: true, force: true })
  mkdirSync(logs, { recursive: true })
  const programs = new Programs({ root, run, work, logs, from, ...(options.onTrouble ? { onTrouble: options.onTrouble } : {}) })
  const undo: (() => Promise<unknown>)[] = []
  let starting: Promise<Engine> | undefined
  let closing: Promise<void> | undefined
  const close = () =>
    (closing ??= (async () => {
      removeState(root)
      await programs.close()
      await Promise.allSettled(undo.map(each => each()))
      await (await starting?.catch(() => undefined))?.stop()
      await run.close()
      rmSync(work, { recursive: true, force: true })
    })())
  options.owner?.(close)
  const tell = (text: string) => options.onProgress?.(text)

  try {
    const names: ServiceName[] = [
      'postgres',
      'kafka',
      'registry',
      'connect',
      'object-store',
      ...(extras.length > 0 ? (['valkey'] as const) : []),
    ]
    tell(`starting ${names.join(', ')}`)
    starting = startEngine('embedded', names, { runId: run.id, runDir: run.dir, onProgress: tell })
    const engine = await starting
    const endpoints = new Map(engine.endpoints.map(endpoint => [endpoint.service, endpoint]))
    const address = (name: ServiceName) => `127.0.0.1:${endpoints.get(name)!.port}`
    const postgres = endpoints.get('postgres')!
    const store = endpoints.get('object-store')!
    const redis: Surroundings['redis'] = {}
    for (const extra of extras) {
      // A user of its own for each, confined to its prefix.
      const { url, prefix, close: release } = await openValkey(endpoints.get('valkey')!, extra)
      undo.push(release)
      redis[extra] = { url, prefix }
    }
    const data = join(work, 'data')
    layData(data, 7)
    const keep = join(work, 'keep')
    mkdirSync(keep)
    const at: Surroundings = {
      db: { host: '127.0.0.1', port: postgres.port },
      passwords: { owner: secret(), capture: secret(), sink: secret(), reader: secret() },
      adminUrl: `postgres://${postgres.user}:${postgres.password}@127.0.0.1:${postgres.port}/${ADMIN_DATABASE}`,
      kafka: address('kafka'),
      registry: `http://${address('registry')}`,
      connectRegistry: `http://${address('registry')}`,
      connect: `http://${address('connect')}`,
      s3: { url: `http://${address('object-store')}`, accessKey: store.user, secretKey: store.password },
      redis,
      chatSecret: secret(),
      data,
      keep,
      url: part => programs.url(part),
      has: part => programs.has(part),
    }
    for (const name of ['database', 'load', 'pipeline'] as const) {
      tell(`preparing ${STEPS[name].what}`)
      await programs.run(name, STEPS[name], at)
    }
    const wanted = PARTS.filter(({ extra }) => extra === undefined || extras.includes(extra))
    for (const part of wanted) {
      tell(`starting ${part.name}`)
      await programs.start(part, at)
    }
    if (extras.includes('scheduler')) await programs.run('jobs', STEPS.jobs, at)

    const shown: PartShown[] = [
      ...engine.endpoints.map(({ service, version }) => ({
        name: service,
        what: WHAT[service],
        whose: OWN[service] ? `${OWN[service]}` : version,
        at: address(service),
      })),
      ...wanted.map(({ name, what, lab, ready }) => ({
        name,
        what,
        whose: whoseOf(lab, from),
        ...(ready ? {} : { at: programs.url(name) }),
      })),
    ]
    const state: PlatformState = {
      version: 1,
      engine: 'embedded',
      pid: process.pid,
      birth: birthOf(process.pid) ?? '',
      startedAt: new Date().toISOString(),
      extras: [...extras],
      from,
      parts: shown,
      access: accessOf(at, extras),
      logs,
    }
    writeState(root, state)
    return { state, kill: part => programs.kill(part), close }
  } catch (error) {
    await close()
    throw error
  }
}

const whoseOf = (lab: string | undefined, from: PlatformRequest['from']): string =>
  lab === undefined ? "the platform's own" : from === 'labs' ? `your lab ${lab}` : `solution of lab ${lab}`

function accessOf(at: Surroundings, extras: readonly Extra[]): Access {
  return {
    databaseUrl: `postgres://fjord:${at.passwords.owner}@${at.db.host}:${at.db.port}/fjord`,
    kafka: at.kafka,
    registry: at.registry,
    connect: at.connect,
    s3: at.s3,
    status: at.url('status'),
    lakeForJobs: at.url('lake'),
    ...(extras.includes('chat') ? { chat: { address: new URL(at.url('chat')).host, secret: at.chatSecret } } : {}),
    ...(extras.includes('limiter') ? { partnerApi: at.url('partner-api'), limiter: at.url('limiter') } : {}),
    ...(extras.includes('scheduler') ? { scheduler: at.url('scheduler') } : {}),
  }
}
