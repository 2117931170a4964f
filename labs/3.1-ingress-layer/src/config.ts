/** The environment of the ingress. Given: not yours to change. */

export interface Config {
  port: number
  /** host:port, as Kafka clients take it. */
  brokers: string[]
  registryUrl: string
  /** Readings; its subject in the registry is `<topic>-value`. */
  topic: string
  rejectTopic: string
  /** Folder in which files arrive; what is done is moved to `done` in it. */
  inbox: string
  /** Folder of the ingress's own; it survives a restart. */
  stateDir: string
  /** Path of vehicles.csv: only these trucks are Fjordline's. */
  fleet: string
  /** Rows taken in and not yet acknowledged by Kafka, at most. */
  maxPending: number
}

function need(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

/** Reads the environment. Throws an Error that names the variable which is missing or out of range. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const maxPending = Number(env['MAX_PENDING'] ?? 500)
  if (!Number.isInteger(maxPending) || maxPending < 1) throw new Error('MAX_PENDING must be a whole number from 1')
  return {
    port: Number(env['PORT'] ?? 8080),
    brokers: need(env, 'KAFKA_BROKERS').split(','),
    registryUrl: need(env, 'REGISTRY_URL'),
    topic: env['TOPIC'] ?? 'readings',
    rejectTopic: env['REJECT_TOPIC'] ?? 'readings-rejected',
    inbox: need(env, 'INBOX'),
    stateDir: need(env, 'STATE_DIR'),
    fleet: need(env, 'FLEET'),
    maxPending,
  }
}
