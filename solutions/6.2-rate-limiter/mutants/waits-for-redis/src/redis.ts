/** The connection to Redis. */
import { Redis } from 'ioredis'
import type { Config } from './types.ts'

/** ioredis with its defaults: it reconnects by itself, and commands wait until it has. */
export function connect(config: Config): Redis {
  const redis = new Redis(config.redisUrl)
  redis.on('error', error => console.error(`redis: ${error.message}`))
  return redis
}
