/**
 * Decisions a second of the solution and of rate-limiter-flexible on one Redis, a round at a time: the parent says which. Both in one process, with
 * 256 requests under way, each awaited: all of one noisy tenant, or evenly of 100 tenants.
 */
import { Redis } from 'ioredis'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import { readConfig } from '../src/config.ts'
import { createLimiter } from '../src/limiter.ts'
import { connect } from '../src/redis.ts'

const [UNDER_WAY, MANY] = [256, 1_000_000]
const config = readConfig(process.env)
const own = connect({ ...config, redisTimeoutMs: 30_000 })
const limiter = createLimiter(own, config)

const rival = (redis: Redis, keyPrefix: string) => {
  const flexible = new RateLimiterRedis({ storeClient: redis, keyPrefix, points: MANY, duration: 60 })
  return (tenant: string) => flexible.consume(tenant)
}
const documented = new Redis(config.redisUrl, { enableOfflineQueue: false })
const pipelining = new Redis(config.redisUrl, { enableOfflineQueue: false, enableAutoPipelining: true })

const decide: Record<string, (tenant: string) => Promise<unknown>> = {
  'token-bucket': tenant => limiter.decide(tenant, { algorithm: 'token-bucket', capacity: MANY, refillPerSecond: 1000 }, 1),
  'sliding-window-counter': tenant => limiter.decide(tenant, { algorithm: 'sliding-window-counter', limit: 10_000, windowMs: 1000 }, 1),
  flexible: rival(documented, `${config.keyPrefix}flexible`),
  'flexible, auto-pipelining': rival(pipelining, `${config.keyPrefix}pipelining`),
}

async function round(name: string, tenants: number, decisions: number): Promise<number> {
  let left = decisions
  const began = performance.now()
  const client = async () => {
    while (left-- > 0) await decide[name]!(`tenant-${left % tenants}`)
  }
  await Promise.all(Array.from({ length: UNDER_WAY }, client))
  return (decisions * 1000) / (performance.now() - began)
}

await Promise.all(
  [own, documented, pipelining].map(redis => (redis.status === 'ready' ? undefined : new Promise(resolve => redis.once('ready', resolve)))),
)
interface Order {
  name: string
  tenants: number
  decisions: number
}
process.on('message', async ({ name, tenants, decisions }: Order) => process.send!({ perSecond: await round(name, tenants, decisions) }))
process.send!({ ready: true })
