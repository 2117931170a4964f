/** Between a request and its handler. */
import type { ServerResponse } from 'node:http'
import type { Limiter } from './limiter.ts'
import type { Limits } from './limits.ts'
import type { Metrics } from './metrics.ts'
import type { Config, Decision, Limit } from './types.ts'

export interface Parts {
  config: Config
  limits: Limits
  limiter: Limiter
  metrics: Metrics
}

/** Resolves with true: the handler goes on with `response` (headers set here stay). With false: the answer has been sent. Never rejects. */
export type RateLimit = (request: { tenant: string; cost: number }, response: ServerResponse) => Promise<boolean>

/** Whole seconds, rounded up: a client that comes back earlier is refused again. */
const seconds = (micros: number): number => Math.ceil(micros / 1_000_000)

function refuse(response: ServerResponse, status: number, error: string): false {
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ error }))
  return false
}

/** draft-ietf-httpapi-ratelimit-headers-10: what the quota is, and what is left of it. */
function describe(response: ServerResponse, limit: Limit, decision: Decision): void {
  const [quota, window] =
    limit.algorithm === 'token-bucket' ? [limit.capacity, limit.capacity / limit.refillPerSecond] : [limit.limit, limit.windowMs / 1000]
  response.setHeader('RateLimit-Policy', `"${limit.algorithm}";q=${quota};w=${Math.ceil(window)}`)
  response.setHeader('RateLimit', `"${limit.algorithm}";r=${decision.remaining};t=${seconds(decision.resetMicros)}`)
}

/** The reply, or a rejection after `ms`: two commands, each in time, are together late. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`Redis has not decided within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Limits, decides, tells, counts; and when Redis does not decide in time, lets the policy. */
export function createRateLimit({ config, limits, limiter, metrics }: Parts): RateLimit {
  const ask = async (tenant: string, cost: number) => {
    const limit = await limits.get(tenant)
    return { limit, decision: await limiter.decide(tenant, limit, cost) }
  }
  return async ({ tenant, cost }, response) => {
    const start = performance.now()
    try {
      const { limit, decision } = await within(config.redisTimeoutMs, ask(tenant, cost))
      metrics.decision(limit.algorithm, decision.allowed ? 'allowed' : 'denied', (performance.now() - start) / 1000)
      describe(response, limit, decision)
      if (decision.allowed) return true
      if (decision.retryAfterMicros >= 0)
        response.setHeader('Retry-After', String(Math.max(1, Math.floor(decision.retryAfterMicros / 1_000_000))))
      return refuse(response, 429, 'rate limit exceeded')
    } catch {
      metrics.error()
      if (config.failPolicy === 'open') return true
      response.setHeader('Retry-After', '1')
      return refuse(response, 503, 'the rate limiter cannot decide')
    }
  }
}
