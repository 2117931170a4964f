/** The environment of both programs. Given: not yours to change. */
import { readFileSync } from 'node:fs'

export interface Config {
  /** host:port, as Kafka clients take it. */
  brokers: string[]
  registryUrl: string
  /** Readings; its subject in the registry is `<topic>-value`. It is there. */
  topic: string
  /** The consumer's group. */
  group: string
}

function need(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

/** Reads the environment. Throws an Error that names the variable which is missing. */
export const readConfig = (env: NodeJS.ProcessEnv): Config => ({
  brokers: need(env, 'KAFKA_BROKERS').split(','),
  registryUrl: need(env, 'REGISTRY_URL'),
  topic: need(env, 'TOPIC'),
  group: env['GROUP'] ?? 'readings-report',
})

/** The schema of a reading, as this version of the programs knows it. */
export const readingSchema = (): unknown => JSON.parse(readFileSync(new URL('../schema/reading.avsc', import.meta.url), 'utf8'))
