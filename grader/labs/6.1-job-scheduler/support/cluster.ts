/** Masters and workers of the learner, and what is asked of them over HTTP. */
import { Agent, request as httpRequest } from 'node:http'
import { eventually } from '../../../kpi/eventually.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Program, StartOptions } from '../../../learner/types.ts'
import { fail } from './fail.ts'

/** Milliseconds after which a request counts as unanswered: Redis may be silent for a while, the machine may be busy. */
const PATIENCE = 20_000
/** Bounds of `soon`, and how many starts of a program fit into it. */
const [LEAST, MOST, STARTS] = [3000, 15_000, 6]
/** Milliseconds that this KPI's programs took to start, the slowest so far. */
let slowestStart = 0
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

export interface Reply {
  status: number
  headers: Record<string, string | undefined>
  body: string
  /** Milliseconds. */
  took: number
}

/** What GET /jobs/:id shows. */
export interface JobView {
  id: string
  state: string
  attempts: number
  runAt: number | null
  worker: string | null
  token: number | null
  leaseUntil: number | null
  error: string | null
  result: string | null
}

export interface Start {
  masters?: number
  workers?: number
  /** For all of them. */
  env?: Record<string, string>
  /** Default: the confined user's on the real server. */
  redisUrl?: string
}

/**
 * Milliseconds until something that takes a moment must have happened. A machine on which programs start slowly gives all of them more time:
 * to be busy is no mistake of the learner's. Whole seconds.
 */
export const soon = (): number =>
  slowestStart === 0 ? 10_000 : Math.ceil(Math.min(MOST, Math.max(LEAST, slowestStart * STARTS)) / 1000) * 1000

type Fixtures = Pick<KpiFixtures, 'learner' | 'valkey'>

/** Options for one program of the contract. Clocks are short only where a KPI says so: a busy machine must not look like a dead one. */
export function options(
  { valkey }: Pick<Fixtures, 'valkey'>,
  name: string,
  env: Record<string, string> = {},
  url = valkey.url,
): StartOptions {
  return {
    name,
    ready: { kind: 'http', path: '/ready' },
    readyWithin: 30_000,
    env: {
      REDIS_URL: url,
      KEY_PREFIX: valkey.prefix,
      NAME: name,
      POLL_MS: '20',
      LEASE_MS: '10000',
      MASTER_LEASE_MS: '5000',
      REDIS_TIMEOUT_MS: '5000',
      ...env,
    },
  }
}

/** Start masters and workers in parallel, ready when they reach Redis. */
export async function start(fixtures: Fixtures, { masters = 1, workers = 1, env, redisUrl }: Start = {}) {
  const { learner } = fixtures
  const many = (count: number, role: string) =>
    learner.startMany(count, `src/${role}.ts`, index => options(fixtures, `${role}-${index + 1}`, env, redisUrl))
  const began = performance.now()
  const [first, second] = await Promise.all([many(masters, 'master'), many(workers, 'worker')])
  slowestStart = Math.max(slowestStart, performance.now() - began)
  return { masters: first, workers: second, master: first[0]!, worker: second[0]! }
}

/** One HTTP request. Rejects with the system's error when there is no answer. */
export function send(port: number, method: string, path: string, body?: unknown, patience = PATIENCE): Promise<Reply> {
  const began = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const request = httpRequest({ host: '127.0.0.1', port, agent, method, path, headers, timeout: patience }, response => {
    let text = ''
    response.setEncoding('utf8').on('data', chunk => (text += chunk))
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers as Reply['headers'],
        body: text,
        took: performance.now() - began,
      }),
    )
    response.on('error', reject)
  })
  request.on('timeout', () => request.destroy(new Error(`no answer within ${patience / 1000} s`)))
  request.on('error', reject)
  request.end(body === undefined ? undefined : JSON.stringify(body))
  return promise
}

/**
 * A request that must be answered with `status`.
 * @returns its body, parsed
 * @throws KpiFailure otherwise
 */
export async function ask<T = unknown>(
  program: Program,
  method: string,
  path: string,
  body?: unknown,
  status: number | number[] = 200,
): Promise<T> {
  const wanted = [status].flat()
  const what = `${method} ${path.length > 60 ? `${path.slice(0, 60)}…` : path} on ${program.name}`
  const reply = await send(program.port, method, path, body).catch((error: NodeJS.ErrnoException) =>
    fail({ subject: what, expected: wanted.join(' or '), saw: error.code === 'ECONNRESET' ? 'the connection was closed' : error.message }),
  )
  if (!wanted.includes(reply.status))
    fail({ subject: what, expected: wanted.join(' or '), saw: `${reply.status} ${reply.body.slice(0, 200)}` })
  try {
    return JSON.parse(reply.body) as T
  } catch {
    return fail({ subject: what, expected: 'a body of JSON', saw: reply.body.slice(0, 200) || '(empty)' })
  }
}

/** Submit one job or a list; 201. */
export const submit = (master: Program, jobs: unknown): Promise<unknown> => ask(master, 'POST', '/jobs', jobs, 201)

/** GET /jobs/:id. */
export const job = (master: Program, id: string): Promise<JobView> => ask<JobView>(master, 'GET', `/jobs/${id}`)

/** States that nothing but a client's `retry` leads out of. */
const ENDS = ['done', 'dead', 'cancelled']

/** Wait until a job is in a state. Throws KpiFailure when that takes too long, or as soon as it has ended in another one. */
export async function reaches(master: Program, id: string, state: string): Promise<JobView> {
  const wrong = (seen: JobView): never =>
    fail({ subject: `job ${id}`, expected: state, saw: `${seen.state}${seen.error ? ` (${seen.error})` : ''}` })
  const reached = await eventually(
    `job ${id} gets ${state}`,
    async () => {
      const seen = await job(master, id)
      return seen.state === state || ENDS.includes(seen.state) ? seen : wrong(seen)
    },
    { within: soon() },
  )
  return reached.state === state ? reached : wrong(reached)
}

/** Wait until the master leads, so that housekeeping has begun. */
export const leads = (master: Program): Promise<{ epoch: number }> =>
  eventually(
    `${master.name} leads`,
    async () => {
      const seen = await ask<{ leader: boolean; epoch: number }>(master, 'GET', '/leader')
      return seen.leader ? seen : fail({ subject: `GET /leader on ${master.name}`, expected: 'leader true', saw: JSON.stringify(seen) })
    },
    { within: soon() },
  )
