/** The connection to Redis. */
import { Redis } from 'ioredis'
import type { Config } from './types.ts'

/**
 * A connection that fails quickly and comes back by itself. Nothing is queued while there is none: an old request that is decided later
 * helps nobody. Nothing is sent twice: a decision that was in flight when the connection broke may have been spent already.
 */
export function connect(config: Config): Redis {
  const redis = new Redis(config.redisUrl, {
    connectionName: config.nodeName,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 1000,
    retryStrategy: attempt => Math.min(50 * attempt, 500),
    // Decisions asked for in the same turn of the event loop leave in one write.
    enableAutoPipelining: true,
  })
  let told = ''
  redis.on('error', error => {
    if (error.message !== told) console.error(`redis: ${error.message}`)
    told = error.message
  })
  redis.on('ready', () => {
    if (told) console.error('redis: back')
    told = ''
  })
  return redis
}
