/** Nodes of the learner's API, and one request to them. */
import { Agent, request as httpRequest } from 'node:http'
import type { Limit } from '../../../experiments/limits-oracle.ts'
import { fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Program, StartOptions } from '../../../learner/types.ts'

/** Milliseconds after which a request counts as unanswered. */
const PATIENCE = 8000
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** Where a node listens: a program, or a container's published port. */
export type Target = Pick<Program, 'name' | 'port'>

export interface Reply {
  node: string
  status: number
  headers: Record<string, string | undefined>
  body: string
  /** Milliseconds. */
  took: number
}

export interface NodeOptions {
  count?: number
  /** Default: node-1, node-2 … */
  names?: string[]
  /** Default: the confined user's on the real server. */
  redisUrl?: string | ((index: number) => string)
  limit?: Limit
  env?: Record<string, string>
  ready?: StartOptions['ready']
}

/** Start nodes in parallel, ready when they reach Redis. */
export function startNodes({ learner, valkey }: Pick<KpiFixtures, 'learner' | 'valkey'>, options: NodeOptions = {}): Promise<Program[]> {
  const {
    names = [],
    count = names.length || 1,
    redisUrl = valkey.url,
    limit,
    env = {},
    ready = { kind: 'http', path: '/ready' },
  } = options
  return learner.startMany(count, 'src/server.ts', index => ({
    name: names[index] ?? `node-${index + 1}`,
    ready,
    env: {
      REDIS_URL: typeof redisUrl === 'string' ? redisUrl : redisUrl(index),
      KEY_PREFIX: valkey.prefix,
      INSTANCE: names[index] ?? `node-${index + 1}`,
      // Long, so that a busy machine is not taken for a slow Redis; KPIs about the timeout set their own.
      REDIS_TIMEOUT_MS: '5000',
      FAIL_POLICY: 'closed',
      ...(limit ? { DEFAULT_LIMIT: JSON.stringify(limit) } : {}),
      ...env,
    },
  }))
}

/**
 * One HTTP request to a node.
 * @throws KpiFailure when there is no answer
 */
export function send(
  node: Target,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  { body, patience = PATIENCE }: { body?: string; patience?: number } = {},
): Promise<Reply> {
  const began = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const request = httpRequest({ host: '127.0.0.1', port: node.port, agent, method, path, headers, timeout: patience }, response => {
    let text = ''
    response.setEncoding('utf8').on('data', chunk => (text += chunk))
    response.on('end', () =>
      resolve({
        node: node.name,
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
  request.end(body)
  return promise.catch(error =>
    fail({
      subject: `${method} ${path} on ${node.name}`,
      expected: 'an answer',
      saw: error.code === 'ECONNRESET' ? 'the connection was closed without one' : error.message,
    }),
  )
}

/** One request of a tenant, of a given cost. */
export const quote = (node: Target, tenant: string, cost = 1, patience?: number): Promise<Reply> =>
  send(node, 'GET', `/quotes?count=${cost}`, { 'x-api-key': tenant }, patience ? { patience } : {})

/** Give a tenant its limit, through each of the nodes: then each obeys at once, however it remembers limits. */
export async function configure(nodes: readonly Target[], tenant: string, limit: Limit): Promise<void> {
  for (const node of nodes) {
    const reply = await send(
      node,
      'PUT',
      `/admin/limits/${tenant}`,
      { 'content-type': 'application/json' },
      { body: JSON.stringify(limit) },
    )
    if (reply.status !== 200)
      fail({ subject: `PUT /admin/limits/${tenant} on ${node.name}`, expected: '200', saw: `${reply.status} ${reply.body.slice(0, 200)}` })
  }
}

/** "200 200 429" */
export const statuses = (replies: readonly Reply[]): string => replies.map(reply => reply.status).join(' ')

/** How many of each status: "500 × 200, 9500 × 429". */
export function counts(replies: readonly { status: number }[]): string {
  const by = new Map<number, number>()
  for (const { status } of replies) by.set(status, (by.get(status) ?? 0) + 1)
  return [...by]
    .sort((a, b) => a[0] - b[0])
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ')
}
