/** The environment of src/processor.ts. Given: not yours to change. */

export interface Config {
  /** host:port, as a client's list of brokers. */
  brokers: string
  readingsTopic: string
  windowsTopic: string
  rejectsTopic: string
  /** What a client of Confluent's registry is configured with. */
  registryUrl: string
  /** How the change events are written. */
  format: 'json' | 'avro'
  /** Groups of consumers have names that begin with it. */
  groupId: string
  /** A folder that is there, is yours, and survives you. */
  checkpointDir: string
  windowMs: number
  /** How long behind the newest reading the watermark stays. */
  latenessMs: number
  /** Messages of a batch, at most. */
  maxRecords: number
}

function need(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

function whole(env: NodeJS.ProcessEnv, name: string, or: number): number {
  const value = Number(env[name] ?? or)
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1, but is ${env[name]}`)
  return value
}

/** Throws an Error that names the variable which is missing or cannot be used. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const format = env['FORMAT'] ?? 'json'
  if (format !== 'json' && format !== 'avro') throw new Error(`FORMAT must be json or avro, but is ${format}`)
  return {
    brokers: need(env, 'KAFKA_BROKERS'),
    readingsTopic: need(env, 'READINGS_TOPIC'),
    windowsTopic: need(env, 'WINDOWS_TOPIC'),
    rejectsTopic: need(env, 'REJECTS_TOPIC'),
    registryUrl: need(env, 'REGISTRY_URL').replace(/\/+$/, ''),
    format,
    groupId: need(env, 'GROUP_ID'),
    checkpointDir: need(env, 'CHECKPOINT_DIR'),
    windowMs: whole(env, 'WINDOW_SECONDS', 60) * 1000,
    latenessMs: whole(env, 'LATENESS_SECONDS', 120) * 1000,
    maxRecords: whole(env, 'MAX_RECORDS', 1000),
  }
}
