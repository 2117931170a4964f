/** Decides about one request. */
import type { Redis } from 'ioredis'
import type { Config, Decision, Limit } from './types.ts'

export interface Limiter {
  /** Rejects when Redis could not decide; what happens then is the middleware's business. */
  decide(tenant: string, limit: Limit, cost: number): Promise<Decision>
}

/** Reads the state, decides, writes the state: all of it in Redis, so that every node sees it. */
export function createLimiter(redis: Redis, config: Config): Limiter {
  return {
    async decide(tenant, limit, cost) {
      const [most, ratePerMs, window] =
        limit.algorithm === 'token-bucket'
          ? [limit.capacity, limit.refillPerSecond / 1000, (limit.capacity / limit.refillPerSecond) * 1000]
          : [limit.limit, limit.limit / limit.windowMs, limit.windowMs]
      const key = `${config.keyPrefix}{${tenant}}:${limit.algorithm}${limit.algorithm === 'token-bucket' ? '' : `:${limit.windowMs}`}`
      const [state, [seconds, micros]] = await Promise.all([redis.get(key), redis.time()])
      const now = Number(seconds) * 1000 + Number(micros) / 1000
      const [was, at] = state === null ? [0, now] : (state.split(' ').map(Number) as [number, number])
      const spent = Math.max(0, was - (now - at) * ratePerMs)
      const allowed = spent + cost <= most
      if (allowed) await redis.set(key, `${spent + cost} ${now}`, 'PX', Math.ceil(window))
      const wait = Math.ceil(((spent + cost - most) / ratePerMs) * 1000)
      return {
        allowed,
        remaining: Math.max(0, Math.floor(most - spent - (allowed ? cost : 0))),
        retryAfterMicros: allowed ? 0 : cost > most ? -1 : wait,
        resetMicros: Math.ceil((spent / ratePerMs) * 1000),
        nowMicros: now * 1000,
      }
    },
  }
}
