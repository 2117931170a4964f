/** A worker: takes jobs and runs them. Wires your parts together; given: not yours to change. */
import { readConfig } from './config.ts'
import { serve } from './http.ts'
import { createMetrics } from './metrics.ts'
import { createQueue } from './queue.ts'
import { connect } from './redis.ts'
import { createRunner } from './runner.ts'
import { createScripts } from './scripts.ts'

const config = readConfig(process.env)
const redis = connect(config)
const queue = createQueue(redis, createScripts(redis, config), config)
const metrics = createMetrics()
const runner = createRunner({ queue, config, metrics })
runner.start()

serve(config.port, async (_request, url) => {
  if (url.pathname === '/metrics') return { status: 200, body: metrics.worker(runner.active()) }
  if (url.pathname === '/ready') await redis.ping()
  if (url.pathname === '/ready' || url.pathname === '/health') return { status: 200, body: { node: config.name } }
  return { status: 404, body: { error: 'GET /metrics, /ready or /health' } }
})

process.once('SIGTERM', () => void runner.stop().then(() => process.exit(0)))
