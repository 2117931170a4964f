/** The environment of the three programs. Given: not yours to change. */

export interface Config {
  /** host:port, as Kafka clients take it. */
  brokers: string[]
  registryUrl: string
  topic: string
  /** The topic's subject in the registry. */
  subject: string
  /** Path of the program's own schema. */
  schemaFile: string
  /** Of the consumer. */
  group: string
  rejectTopic: string
}

function need(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

/** Reads the environment. Throws an Error that names the variable which is missing. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const topic = env['TOPIC'] ?? 'readings'
  return {
    brokers: (env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(','),
    registryUrl: need(env, 'REGISTRY_URL'),
    topic,
    subject: `${topic}-value`,
    schemaFile: need(env, 'SCHEMA_FILE'),
    group: env['GROUP'] ?? 'readers',
    rejectTopic: env['REJECT_TOPIC'] ?? `${topic}-rejected`,
  }
}
