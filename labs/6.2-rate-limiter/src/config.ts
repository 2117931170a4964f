/** The environment of one node. Given: not yours to change. */
import { parseLimit } from './limit.ts'
import type { Config } from './types.ts'

/**
 * Reads PORT, INSTANCE, REDIS_URL, KEY_PREFIX, FAIL_POLICY (open or closed), REDIS_TIMEOUT_MS and DEFAULT_LIMIT (JSON).
 * @throws RangeError that names the variable
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const failPolicy = env['FAIL_POLICY'] ?? 'open'
  if (failPolicy !== 'open' && failPolicy !== 'closed') throw new RangeError('FAIL_POLICY: open or closed')
  const redisTimeoutMs = Number(env['REDIS_TIMEOUT_MS'] ?? 100)
  if (!(redisTimeoutMs >= 1 && redisTimeoutMs <= 60_000)) throw new RangeError('REDIS_TIMEOUT_MS: 1 to 60000')
  return {
    port: Number(env['PORT'] ?? 8080),
    nodeName: env['INSTANCE'] ?? 'node',
    redisUrl: env['REDIS_URL'] ?? 'redis://127.0.0.1:6379',
    keyPrefix: env['KEY_PREFIX'] ?? 'rl:',
    failPolicy,
    redisTimeoutMs,
    defaultLimit: parseLimit(JSON.parse(env['DEFAULT_LIMIT'] ?? '{"algorithm":"token-bucket","capacity":100,"refillPerSecond":50}')),
  }
}
