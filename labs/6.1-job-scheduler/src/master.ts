/** A master: the API, and, while it leads, the housekeeping. Wires your parts together; given: not yours to change. */
import type { IncomingMessage } from 'node:http'
import { readConfig } from './config.ts'
import { nextTimes } from './cron.ts'
import { createCrons } from './crons.ts'
import { BadRequest } from './errors.ts'
import { createHousekeeping } from './housekeeping.ts'
import { type Answer, readJson, serve } from './http.ts'
import { isName, readCron, readJobs } from './input.ts'
import { createMetrics } from './metrics.ts'
import { createQueue } from './queue.ts'
import { connect } from './redis.ts'
import { createScripts } from './scripts.ts'

const config = readConfig(process.env)
const redis = connect(config)
const scripts = createScripts(redis, config)
const queue = createQueue(redis, scripts, config)
const crons = createCrons(redis, scripts, config)
const metrics = createMetrics()
const housekeeping = createHousekeeping({ scripts, crons, config })
housekeeping.start()

const ok = (body: unknown, status = 200): Answer => ({ status, body })
const unknown = (what: string): Answer => ok({ error: `there is no ${what}` }, 404)

async function jobs(request: IncomingMessage, id: string, action: string | undefined): Promise<Answer> {
  const method = request.method ?? 'GET'
  if (id === '' && method === 'POST') {
    const body = await readJson(request)
    const inputs = readJobs(body)
    const results = await queue.submit(inputs)
    const fresh = results.filter(result => result.created).length
    metrics.submitted(fresh)
    return ok(Array.isArray(body) ? results : results[0], fresh > 0 ? 201 : 200)
  }
  if (!isName(id)) return unknown('such job')
  if (method === 'GET' && !action) {
    const job = await queue.get(id)
    return job ? ok(job) : unknown(`job ${id}`)
  }
  const result =
    method === 'DELETE' && !action ? await queue.cancel(id) : method === 'POST' && action === 'retry' ? await queue.retry(id) : null
  if (result === null) return ok({ error: 'GET, DELETE /jobs/:id or POST /jobs/:id/retry' }, 405)
  if (result === 'unknown') return unknown(`job ${id}`)
  return ok({ id, state: result }, result === 'cancelled' || result === 'waiting' ? 200 : 409)
}

async function cronRoutes(request: IncomingMessage, name: string): Promise<Answer> {
  if (!isName(name)) return unknown('such cron')
  if (request.method === 'PUT') return ok({ name, next: await crons.put(name, readCron(await readJson(request))) })
  if (request.method === 'DELETE') return (await crons.remove(name)) ? ok({ name }) : unknown(`cron ${name}`)
  const cron = await crons.get(name)
  return cron ? ok({ name, ...cron }) : unknown(`cron ${name}`)
}

async function route(request: IncomingMessage, url: URL): Promise<Answer> {
  const [, first = '', second = '', third] = url.pathname.split('/').map(decodeURIComponent)
  if (first === 'jobs') return jobs(request, second, third)
  if (first === 'dead') return ok(await queue.dead(1000))
  if (first === 'crons') return cronRoutes(request, second)
  if (first === 'next') {
    const query = (key: string) => url.searchParams.get(key) ?? ''
    const count = Number(query('count') || 1)
    if (!(count >= 1 && count <= 1000)) throw new BadRequest('count: 1 to 1000')
    return ok({ times: nextTimes(query('schedule'), query('timezone') || 'UTC', Number(query('after')), count) })
  }
  if (first === 'leader') return ok({ node: config.name, ...housekeeping.leadership() })
  if (first === 'health') return ok({ node: config.name })
  if (first === 'ready') {
    await redis.ping()
    return ok({ node: config.name })
  }
  if (first === 'metrics') return ok(metrics.master(await queue.counts(), housekeeping.leadership().leader))
  return unknown(`path ${url.pathname}`)
}

const server = serve(config.port, route)
process.once('SIGTERM', () => {
  housekeeping.stop()
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
