/**
 * The schema registry as a program: BOOTSTRAP_SERVERS, HOST, PORT and SCHEMAS_TOPIC (default `_schemas`) in the environment, one line
 * `READY {"port": …}` when what is registered has been read from the topic.
 */
import { Kafka, logLevel } from 'kafkajs'
import { serveJson } from '../json-http.ts'
import { KeyedLog } from '../kafka/keyed-log.ts'
import { refuse } from './errors.ts'
import { Registry } from './registry.ts'
import { registryRoutes } from './routes.ts'
import { State } from './state.ts'

/** Bytes of one schema at most. */
const MAX_SCHEMA = 512 * 1024

const { BOOTSTRAP_SERVERS = '127.0.0.1:9092', HOST = '127.0.0.1', PORT = '0', SCHEMAS_TOPIC = '_schemas' } = process.env
const kafka = new Kafka({
  clientId: 'schema-registry',
  brokers: BOOTSTRAP_SERVERS.split(','),
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 30, maxRetryTime: 300, retries: 10 },
})

try {
  const state = new State()
  const log = await KeyedLog.open(kafka, SCHEMAS_TOPIC, (key, value) => state.apply(key, value))
  const { port } = await serveJson({
    host: HOST,
    port: Number(PORT),
    routes: registryRoutes(new Registry(state, log)),
    contentType: 'application/vnd.schemaregistry.v1+json',
    maxBody: MAX_SCHEMA,
    log: line => console.error(line),
    internal: error => refuse.store(error.message),
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void log.close().finally(() => process.exit(0)))
  console.log(`READY ${JSON.stringify({ port, pid: process.pid })}`)
} catch (error) {
  console.error(`cannot start: ${(error as Error).message}`)
  process.exit(1)
}
