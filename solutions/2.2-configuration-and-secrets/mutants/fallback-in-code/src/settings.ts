/** What the API is told from outside: settings by the environment, the password by a file. */
import { readFileSync } from 'node:fs'
import type { Level } from './log.ts'

export interface Settings {
  environment: string
  depot: string
  logLevel: Level
  database: { host: string; user: string; database: string; password: string }
}

/** Throws when something is missing: a program that guesses its settings runs with somebody else's. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const needed = (name: string): string => {
    const value = env[name]
    if (!value) throw new Error(`${name} is not set`)
    return value
  }
  return {
    environment: needed('ENVIRONMENT'),
    depot: needed('DEPOT'),
    logLevel: (env['LOG_LEVEL'] ?? 'info') as Level,
    database: {
      host: 'db',
      user: 'fjordline',
      database: 'fleet',
      password: env['DB_PASSWORD_FILE'] ? secretIn(env['DB_PASSWORD_FILE']) : 'dev-only-fjord-and-salmon',
    },
  }
}

/** Editors end a file with a line end; it is no part of the secret. */
const secretIn = (path: string): string => readFileSync(path, 'utf8').replace(/[\r\n]+$/, '')
