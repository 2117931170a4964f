/** The environment of src/processor.ts and src/read.ts. Given: not yours to change. */

/** Where the tables are. */
export interface StoreConfig {
  /** http:// or https:// URL of a server that speaks S3. */
  endpoint: string
  accessKey: string
  secretKey: string
  region: string
  bucket: string
}

export interface Config extends StoreConfig {
  /** host:port, as a client's list of brokers. */
  brokers: string
  /** Debezium's change events of the table `shipments`. */
  changesTopic: string
  registryUrl: string
  format: 'json' | 'avro'
  groupId: string
  /** The name of this stream in the tables' logs. A new checkpoint folder needs a new name. */
  appId: string
  /** A folder that is there, is yours, and survives you. */
  checkpointDir: string
  /** Messages of a batch, at most. */
  maxRecords: number
  /** Compact both tables after each so many batches. */
  compactEvery: number
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

/** Throws an Error that names the variable which is missing. */
export const readStoreConfig = (env: NodeJS.ProcessEnv): StoreConfig => ({
  endpoint: need(env, 'S3_ENDPOINT'),
  accessKey: need(env, 'AWS_ACCESS_KEY_ID'),
  secretKey: need(env, 'AWS_SECRET_ACCESS_KEY'),
  region: env['AWS_REGION'] ?? 'us-east-1',
  bucket: need(env, 'BUCKET'),
})

/** Throws an Error that names the variable which is missing or cannot be used. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const format = env['FORMAT'] ?? 'json'
  if (format !== 'json' && format !== 'avro') throw new Error(`FORMAT must be json or avro, but is ${format}`)
  return {
    ...readStoreConfig(env),
    brokers: need(env, 'KAFKA_BROKERS'),
    changesTopic: need(env, 'CHANGES_TOPIC'),
    registryUrl: need(env, 'REGISTRY_URL').replace(/\/+$/, ''),
    format,
    groupId: need(env, 'GROUP_ID'),
    appId: need(env, 'APP_ID'),
    checkpointDir: need(env, 'CHECKPOINT_DIR'),
    maxRecords: whole(env, 'MAX_RECORDS', 1000),
    compactEvery: whole(env, 'COMPACT_EVERY', 20),
  }
}
