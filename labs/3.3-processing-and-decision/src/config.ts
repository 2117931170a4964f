/** The environment of the processor. Given: not yours to change. */

export interface Config {
  brokers: string[]
  registryUrl: string
  groupId: string
  topics: { readings: string; alerts: string; rejects: string; state: string }
  vehiclesCsv: string
  /** Seconds that a reading may be behind the highest event time of its partition. */
  maxLateness: number
  /** Milliseconds without a message after which a partition no longer holds the fleet's watermark back. */
  idleMs: number
  /** Milliseconds after which the broker gives up a member that says nothing. */
  sessionMs: number
  rules: RuleSettings
}

export interface RuleSettings {
  grace: number
  rateWindow: number
  /** In hundredths of a degree. */
  rateDelta: number
  rateHoldOff: number
  silence: number
}

function number(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const value = Number(env[name] ?? fallback)
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`${name}: a number of 0 or more`)
  return value
}

/**
 * Reads the variables that the lesson lists.
 * @throws RangeError that names the variable
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    brokers: (env['KAFKA_BROKERS'] ?? '127.0.0.1:9094').split(','),
    registryUrl: env['REGISTRY_URL'] ?? 'http://127.0.0.1:8081',
    groupId: env['GROUP_ID'] ?? 'processor',
    topics: {
      readings: env['READINGS_TOPIC'] ?? 'readings',
      alerts: env['ALERTS_TOPIC'] ?? 'alerts',
      rejects: env['REJECTS_TOPIC'] ?? 'rejects',
      state: env['STATE_TOPIC'] ?? 'processor-state',
    },
    vehiclesCsv: env['VEHICLES_CSV'] ?? 'vehicles.csv',
    maxLateness: number(env, 'MAX_LATENESS_SECONDS', 180),
    idleMs: number(env, 'IDLE_MS', 5000),
    sessionMs: number(env, 'SESSION_MS', 6000),
    rules: {
      grace: number(env, 'GRACE_SECONDS', 60),
      rateWindow: number(env, 'RATE_WINDOW_SECONDS', 60),
      rateDelta: Math.round(number(env, 'RATE_DELTA_C', 2) * 100),
      rateHoldOff: number(env, 'RATE_HOLD_OFF_SECONDS', 300),
      silence: number(env, 'SILENCE_SECONDS', 120),
    },
  }
}
