/** The environment of a master or worker. Given: not yours to change. */
import type { Config } from './types.ts'

function whole(env: Record<string, string | undefined>, name: string, fallback: number, least: number, most: number): number {
  const value = Number(env[name] ?? fallback)
  if (!Number.isInteger(value) || value < least || value > most) throw new RangeError(`${name}: a whole number, ${least} to ${most}`)
  return value
}

/**
 * Reads PORT, NAME, REDIS_URL, KEY_PREFIX, LEASE_MS, MASTER_LEASE_MS, CONCURRENCY, POLL_MS, AGING_MS, REDIS_TIMEOUT_MS.
 * @throws RangeError that names the variable
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  return {
    port: whole(env, 'PORT', 8080, 1, 65_535),
    name: env['NAME'] ?? 'node',
    redisUrl: env['REDIS_URL'] ?? 'redis://127.0.0.1:6379',
    keyPrefix: env['KEY_PREFIX'] ?? 'jobs:',
    leaseMs: whole(env, 'LEASE_MS', 10_000, 100, 3_600_000),
    masterLeaseMs: whole(env, 'MASTER_LEASE_MS', 5000, 100, 3_600_000),
    concurrency: whole(env, 'CONCURRENCY', 10, 1, 1000),
    pollMs: whole(env, 'POLL_MS', 50, 5, 10_000),
    agingMs: whole(env, 'AGING_MS', 60_000, 1, 86_400_000),
    redisTimeoutMs: whole(env, 'REDIS_TIMEOUT_MS', 1000, 1, 60_000),
  }
}
