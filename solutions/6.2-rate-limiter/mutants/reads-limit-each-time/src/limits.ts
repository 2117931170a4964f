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

/** Limits in Redis, as JSON under `<KEY_PREFIX>{<tenant>}:limit`. */
export function createLimits(redis: Redis, config: Config): Limits {
  const key = (tenant: string) => `${config.keyPrefix}{${tenant}}:limit`
  const read = async (tenant: string): Promise<Limit> => {
    const text = await redis.get(key(tenant))
    return text === null ? config.defaultLimit : parseLimit(JSON.parse(text))
  }
  return {
    get(tenant) {
      return read(tenant)
    },
    async set(tenant, limit) {
      await redis.set(key(tenant), JSON.stringify(limit))
    },
    async remove(tenant) {
      await redis.del(key(tenant))
    },
  }
}
