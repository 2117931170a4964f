/** The environment of one node. Given: not yours to change. */
import type { Config } from './types.ts'

/**
 * Reads the environment; PROTOCOL.md and the lesson say what each variable means.
 * @throws RangeError that names the variable
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const whole = (name: string, standard: number, least: number, most: number): number => {
    const value = Number(env[name] ?? standard)
    if (!Number.isInteger(value) || value < least || value > most) throw new RangeError(`${name}: ${least} to ${most}`)
    return value
  }
  return {
    port: whole('PORT', 7000, 0, 65_535),
    httpPort: whole('HTTP_PORT', 7080, 0, 65_535),
    node: env['INSTANCE'] ?? 'node',
    redisUrl: env['REDIS_URL'] ?? 'redis://127.0.0.1:6379',
    keyPrefix: env['KEY_PREFIX'] ?? 'chat:',
    authSecret: env['AUTH_SECRET'] ?? 'fjordline',
    maxFrameBytes: whole('MAX_FRAME_BYTES', 65_536, 256, 16_777_216),
    outboxBytes: whole('OUTBOX_BYTES', 1_048_576, 1024, 1_073_741_824),
    heartbeatMs: whole('HEARTBEAT_MS', 15_000, 50, 600_000),
    presenceTtlMs: whole('PRESENCE_TTL_MS', 30_000, 100, 600_000),
    history: whole('HISTORY', 1000, 1, 1_000_000),
    storeTimeoutMs: whole('STORE_TIMEOUT_MS', 2000, 10, 60_000),
    maxConnections: whole('MAX_CONNECTIONS', 10_000, 1, 1_000_000),
    acceptQueue: whole('ACCEPT_QUEUE', 1000, 0, 1_000_000),
    admitPerSecond: whole('ADMIT_PER_SECOND', 2000, 1, 1_000_000),
    admitBurst: whole('ADMIT_BURST', 200, 1, 1_000_000),
    drainMs: whole('DRAIN_MS', 5000, 10, 600_000),
    reconnect: {
      spreadMs: whole('RECONNECT_SPREAD_MS', 30_000, 0, 3_600_000),
      baseMs: whole('RECONNECT_BASE_MS', 1000, 1, 3_600_000),
      capMs: whole('RECONNECT_CAP_MS', 30_000, 1, 3_600_000),
    },
  }
}
