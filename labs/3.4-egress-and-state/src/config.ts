/** The environment of the sink. Given: not yours to change. */

export interface Config {
  brokers: string[]
  registryUrl: string
  databaseUrl: string
  groupId: string
  topics: { readings: string; alerts: string; deadLetters: string }
  /** Milliseconds after which the broker gives up a member that says nothing. */
  sessionMs: number
}

/** Reads the variables that the lesson lists. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    brokers: (env['KAFKA_BROKERS'] ?? '127.0.0.1:9094').split(','),
    registryUrl: env['REGISTRY_URL'] ?? 'http://127.0.0.1:8081',
    databaseUrl: env['DATABASE_URL'] ?? 'postgres://fjordline:fjordline@127.0.0.1:5432/fjordline',
    groupId: env['GROUP_ID'] ?? 'sink',
    topics: {
      readings: env['READINGS_TOPIC'] ?? 'readings',
      alerts: env['ALERTS_TOPIC'] ?? 'alerts',
      deadLetters: env['DLQ_TOPIC'] ?? 'dead-letters',
    },
    sessionMs: Number(env['SESSION_MS'] ?? 6000),
  }
}
