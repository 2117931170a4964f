/** Connections to Redis that fail quickly, come back by themselves, and know whether they work. */
import { Redis } from 'ioredis'
import type { Config } from './types.ts'

/** Milliseconds between two looks at a link. */
const EVERY = 250

/** Nothing is queued while there is no connection, nothing is sent twice. */
export function connect(config: Config, purpose: string): Redis {
  const redis = new Redis(config.redisUrl, {
    connectionName: `${config.node}-${purpose}`.replace(/\s/g, '_'),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    commandTimeout: config.storeTimeoutMs,
    connectTimeout: 1000,
    retryStrategy: attempt => Math.min(50 * attempt, 500),
  })
  redis.on('error', () => {}) // the link's watch says it once
  return redis
}

export interface Link {
  readonly up: boolean
  close(): void
}

/**
 * Watches a connection with a PING every quarter of a second: an open socket proves nothing, an answer does.
 * @param on prepare: before it counts as up (scripts, subscriptions); up and down: told at each change
 */
export function watchLink(redis: Redis, on: { prepare: () => Promise<void>; up: () => void; down: () => void }): Link {
  let up = false
  let looking = false
  const set = (value: boolean): void => {
    if (up === value) return
    up = value
    console.error(`redis ${redis.options.connectionName}: ${up ? 'up' : 'down'}`)
    if (up) on.up()
    else on.down()
  }
  const look = async (): Promise<void> => {
    if (looking || redis.status !== 'ready') return
    looking = true
    try {
      await redis.ping()
      if (!up) await on.prepare()
      set(true)
    } catch {
      set(false)
      // Its replies may still come, to nobody. A fresh connection knows where it stands.
      if (redis.status === 'ready') redis.disconnect(true)
    } finally {
      looking = false
    }
  }
  redis.on('ready', () => void look())
  redis.on('close', () => set(false))
  const timer = setInterval(() => void look(), EVERY)
  return {
    get up() {
      return up
    },
    close() {
      clearInterval(timer)
      redis.removeAllListeners('close')
      redis.disconnect()
    },
  }
}
