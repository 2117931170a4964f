/** Which limit a tenant has. */
import type { Redis } from 'ioredis'
import { parseLimit } from './limit.ts'
import type { Config, Limit } from './types.ts'

export interface Limits {
  /** The limit that this node applies to a tenant now; `config.defaultLimit` when it has none of its own. */
  get(tenant: string): Promise<Limit>
  /** This node obeys at once, every other node within one second. */
  set(tenant: string, limit: Limit): Promise<void>
  remove(tenant: string): Promise<void>
}

/** Milliseconds for which a node may go on with what it knows: a quarter of what is promised, the rest is for slow machines. */
const REMEMBER = 250
/** Tenants remembered at once; API keys come from outside, and memory has a limit. */
const MOST = 10_000

/** Limits in Redis, as JSON under `<KEY_PREFIX>{<tenant>}:limit`, remembered for a quarter of a second. */
export function createLimits(redis: Redis, config: Config): Limits {
  const known = new Map<string, { limit: Promise<Limit>; until: number }>()
  const key = (tenant: string) => `${config.keyPrefix}{${tenant}}:limit`
  const read = async (tenant: string): Promise<Limit> => {
    const text = await redis.get(key(tenant))
    return text === null ? config.defaultLimit : parseLimit(JSON.parse(text))
  }
  return {
    get(tenant) {
      const now = performance.now()
      const entry = known.get(tenant)
      if (entry && now < entry.until) return entry.limit
      if (known.size >= MOST) known.clear()
      // The promise is remembered, not its value: a hundred requests at once ask Redis once. A failure is forgotten at once.
      const limit = read(tenant)
      known.set(tenant, { limit, until: now + REMEMBER })
      limit.catch(() => {
        if (known.get(tenant)?.limit === limit) known.delete(tenant)
      })
      return limit
    },
    async set(tenant, limit) {
      await redis.set(key(tenant), JSON.stringify(limit))
      known.delete(tenant)
    },
    async remove(tenant) {
      await redis.del(key(tenant))
      known.delete(tenant)
    },
  }
}
