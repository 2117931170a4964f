/** The connection to Redis. */
import { Redis } from 'ioredis'
import type { Config } from './types.ts'

/**
 * Connects to `config.redisUrl`. Must not wait and must not throw when Redis is not there: a program starts without it, and uses it as soon
 * as it is back.
 *
 * Step 12: what does this client do with commands while it has no connection, and how long does it wait for a reply? (ioredis, `RedisOptions`)
 */
export function connect(config: Config): Redis {
  return new Redis(config.redisUrl)
}
