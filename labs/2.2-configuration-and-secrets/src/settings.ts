/** What the API is told from outside. Yours: the password should not be in the environment. */
import type { Level } from './log.ts'

export interface Settings {
  environment: string
  depot: string
  logLevel: Level
  database: { host: string; user: string; database: string; password: string }
}

/** Reads the settings from the environment. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    environment: env['ENVIRONMENT'] ?? 'dev',
    depot: env['DEPOT'] ?? 'Bergen',
    logLevel: (env['LOG_LEVEL'] ?? 'info') as Level,
    database: {
      host: 'db',
      user: 'fjordline',
      database: 'fleet',
      password: env['DB_PASSWORD'] ?? 'dev-only-fjord-and-salmon',
    },
  }
}
