/** Decides about one request. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { coalesce } from './coalesce.ts'
import type { Algorithm, Config, Decision, Limit } from './types.ts'

export interface Limiter {
  /** Rejects when Redis could not decide; what happens then is the middleware's business. */
  decide(tenant: string, limit: Limit, cost: number): Promise<Decision>
}

const script = (algorithm: Algorithm) => {
  const lua = readFileSync(new URL(`./${algorithm}.lua`, import.meta.url), 'utf8')
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}

/** One of the three scripts decides, on the Redis server, in one round trip; requests that wait for the same answer share it. */
export function createLimiter(redis: Redis, config: Config): Limiter {
  const scripts = {
    'token-bucket': script('token-bucket'),
    'sliding-window-log': script('sliding-window-log'),
    'sliding-window-counter': script('sliding-window-counter'),
  }

  /** EVALSHA sends 40 bytes instead of the script. A server that does not know it (restart, failover, SCRIPT FLUSH) has run nothing. */
  async function run({ lua, sha }: { lua: string; sha: string }, key: string, args: number[]): Promise<number[]> {
    try {
      return (await redis.evalsha(sha, 1, key, ...args)) as number[]
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return (await redis.eval(lua, 1, key, ...args)) as number[]
    }
  }

  const together = coalesce()

  return {
    decide(tenant, limit, cost) {
      // {tenant}: in a cluster everything of one tenant lies in one slot.
      const name = `${config.keyPrefix}${tenant}:${limit.algorithm}`
      const [key, ...args] =
        limit.algorithm === 'token-bucket'
          ? [name, limit.capacity, Math.round(limit.refillPerSecond * 1000)]
          : [`${name}:${limit.windowMs}`, limit.limit, limit.windowMs]
      return together(`${key} ${args} ${cost}`, cost, async units => {
        const reply = await run(scripts[limit.algorithm], key as string, [...(args as number[]), units])
        const [allowed, remaining, retryAfterMicros, resetMicros, nowMicros] = reply as [number, number, number, number, number]
        return { allowed: allowed === 1, remaining, retryAfterMicros, resetMicros, nowMicros }
      })
    },
  }
}
