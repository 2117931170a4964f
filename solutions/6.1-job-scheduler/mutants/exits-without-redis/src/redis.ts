/** The connection to Redis. */
import { Redis } from 'ioredis'
import type { Config } from './types.ts'

/**
 * A connection that fails quickly and comes back by itself. Nothing waits in this process while there is no connection: what was answered with
 * 503 must not happen later. Nothing is sent twice by itself: whoever asks again does so with the same job id or token.
 */
export function connect(config: Config): Redis {
  const redis = new Redis(config.redisUrl, {
    connectionName: config.name,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: config.redisTimeoutMs,
    connectTimeout: 1000,
    retryStrategy: attempt => Math.min(50 * attempt, 500),
    // What is asked for in the same turn of the event loop leaves in one write.
    enableAutoPipelining: true,
  })
  let told = ''
  let first = true
  redis.on('error', error => {
    if (error.message !== told) console.error(`redis: ${error.message}`)
    told = error.message
    if (first) process.exit(1)
  })
  redis.on('ready', () => {
    first = false
    if (told) console.error('redis: back')
    told = ''
  })
  return redis
}
