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

/** Tenants remembered at once; API keys come from outside, and memory has a limit. */
const MOST = 10_000

/** Limits in Redis, as JSON under `<KEY_PREFIX>{<tenant>}:limit`; each is read once. */
export function createLimits(redis: Redis, config: Config): Limits {
  const known = new Map<string, { limit: Promise<Limit> }>()
  const key = (tenant: string) => `${config.keyPrefix}{${tenant}}:limit`
  const read = async (tenant: string): Promise<Limit> => {
    const text = await redis.get(key(tenant))
    return text === null ? config.defaultLimit : parseLimit(JSON.parse(text))
  }
  return {
    get(tenant) {
      const entry = known.get(tenant)
      if (entry) return entry.limit
      if (known.size >= MOST) known.clear()
      // The promise is remembered, not its value: a hundred requests at once ask Redis once. A failure is forgotten at once.
      const limit = read(tenant)
      known.set(tenant, { limit })
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
