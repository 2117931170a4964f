/** One node of the partner API. Wires your parts together; given: not yours to change. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readConfig } from './config.ts'
import { parseLimit } from './limit.ts'
import { createLimiter } from './limiter.ts'
import { createLimits } from './limits.ts'
import { createMetrics } from './metrics.ts'
import { createRateLimit } from './middleware.ts'
import { connect } from './redis.ts'

const config = readConfig(process.env)
const redis = connect(config)
const limits = createLimits(redis, config)
const limiter = createLimiter(redis, config)
const metrics = createMetrics()
const rateLimit = createRateLimit({ config, limits, limiter, metrics })

/** A tenant is known by its API key; it becomes part of a Redis key, so it is checked. */
const TENANT = /^[A-Za-z0-9_-]{1,64}$/

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}

/** GET /quotes?count=n: n price quotes, which cost n. */
async function quotes(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const tenant = String(request.headers['x-api-key'] ?? '')
  const cost = Number(url.searchParams.get('count') ?? 1)
  if (!TENANT.test(tenant)) return json(response, 401, { error: 'X-Api-Key: letters, digits, _ and -, at most 64' })
  if (!Number.isInteger(cost) || cost < 1 || cost > 1000) return json(response, 400, { error: 'count: 1 to 1000' })
  if (!(await rateLimit({ tenant, cost }, response))) return
  json(response, 200, { node: config.nodeName, quotes: cost })
}

/** GET, PUT, DELETE /admin/limits/:tenant. In production: another port, and behind authentication. */
async function admin(request: IncomingMessage, response: ServerResponse, tenant: string): Promise<void> {
  if (!TENANT.test(tenant)) return json(response, 404, { error: 'no such tenant' })
  if (request.method === 'PUT') {
    let text = ''
    for await (const chunk of request) if ((text += chunk).length > 10_000) return json(response, 413, { error: 'a limit is small' })
    try {
      await limits.set(tenant, parseLimit(JSON.parse(text)))
    } catch (error) {
      if (error instanceof RangeError || error instanceof SyntaxError) return json(response, 400, { error: error.message })
      throw error
    }
  } else if (request.method === 'DELETE') {
    await limits.remove(tenant)
  }
  json(response, 200, await limits.get(tenant))
}

async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://node')
  if (url.pathname === '/quotes') return quotes(request, response, url)
  if (url.pathname.startsWith('/admin/limits/')) return admin(request, response, decodeURIComponent(url.pathname.slice(14)))
  if (url.pathname === '/metrics') {
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    response.end(metrics.render(redis.status === 'ready'))
    return
  }
  if (url.pathname === '/ready') {
    await redis.ping()
    return json(response, 200, { node: config.nodeName })
  }
  json(response, 404, { error: 'GET /quotes, /metrics, /ready or /admin/limits/:tenant' })
}

createServer((request, response) => {
  route(request, response).catch(error => {
    console.error(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : error}`)
    if (response.headersSent) response.destroy()
    else json(response, request.url === '/ready' ? 503 : 500, { error: String(error) })
  })
}).listen(config.port)
