/** Between a request and its handler. */
import type { ServerResponse } from 'node:http'
import type { Limiter } from './limiter.ts'
import type { Limits } from './limits.ts'
import type { Metrics } from './metrics.ts'
import type { Config } from './types.ts'

export interface Parts {
  config: Config
  limits: Limits
  limiter: Limiter
  metrics: Metrics
}

/** Resolves with true: the handler goes on with `response` (headers set here stay). With false: the answer has been sent. Never rejects. */
export type RateLimit = (request: { tenant: string; cost: number }, response: ServerResponse) => Promise<boolean>

/**
 * Step 5: 429 needs its headers. Step 7: what if Redis does not decide within `config.redisTimeoutMs`? Step 8: count what happens.
 */
export function createRateLimit({ limits, limiter }: Parts): RateLimit {
  return async ({ tenant, cost }, response) => {
    const limit = await limits.get(tenant)
    const decision = await limiter.decide(tenant, limit, cost)
    if (decision.allowed) return true
    response.statusCode = 429
    response.end()
    return false
  }
}
