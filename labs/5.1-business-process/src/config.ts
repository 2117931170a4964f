/** The environment of both programs. Given: not yours to change. */

export interface LoadConfig {
  databaseUrl: string
  /** The folder whose *.csv files are loaded. */
  csvDir: string
}

export interface SimulateConfig {
  databaseUrl: string
  seed: number
  /** Connections that do business at the same time. */
  workers: number
  /** Readings that a vehicle sends on each trip. */
  readingsPerTrip: number
  /** Business events to do at most, all workers together; undefined: until nothing is left to do. */
  events: number | undefined
}

function need(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

function whole(env: NodeJS.ProcessEnv, name: string, or: number, min: number): number {
  const value = Number(env[name] ?? or)
  if (!Number.isSafeInteger(value) || value < min) throw new Error(`${name} must be a whole number from ${min}, but is ${env[name]}`)
  return value
}

/** The configuration of src/load.ts. Throws an Error that names the variable which is missing. */
export const readLoadConfig = (env: NodeJS.ProcessEnv): LoadConfig => ({
  databaseUrl: need(env, 'DATABASE_URL'),
  csvDir: need(env, 'CSV_DIR'),
})

/** The configuration of src/simulate.ts. Throws an Error that names the variable which is missing or out of range. */
export const readSimulateConfig = (env: NodeJS.ProcessEnv): SimulateConfig => ({
  databaseUrl: need(env, 'DATABASE_URL'),
  seed: whole(env, 'SEED', 1, 0),
  workers: whole(env, 'WORKERS', 4, 1),
  readingsPerTrip: whole(env, 'READINGS_PER_TRIP', 3, 0),
  events: env['EVENTS'] === undefined ? undefined : whole(env, 'EVENTS', 0, 0),
})
