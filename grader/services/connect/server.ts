/**
 * A Connect worker as a program: BOOTSTRAP_SERVERS, HOST, PORT, CONFIG_TOPIC and OFFSET_TOPIC in the environment, one line
 * `READY {"port": …}` when what was configured has been read from the topics.
 */
import { Kafka, logLevel } from 'kafkajs'
import { HttpError, serveJson } from '../json-http.ts'
import { KeyedLog } from '../kafka/keyed-log.ts'
import { connectRoutes } from './routes.ts'
import { Memory, Worker } from './worker.ts'

/** Bytes of a request. */
const MAX_BODY = 1 << 20

const env = process.env
const { BOOTSTRAP_SERVERS = '127.0.0.1:9092', HOST = '127.0.0.1', PORT = '0' } = env
const kafka = new Kafka({
  clientId: 'connect',
  brokers: BOOTSTRAP_SERVERS.split(','),
  logLevel: logLevel.NOTHING,
  connectionTimeout: 3_000,
  retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 8 },
})

try {
  const memory = new Memory()
  const [configs, offsets] = await Promise.all([
    KeyedLog.open(kafka, env['CONFIG_TOPIC'] ?? 'connect-configs', (key, value) => memory.applyConfig(key, value)),
    KeyedLog.open(kafka, env['OFFSET_TOPIC'] ?? 'connect-offsets', (key, value) => memory.applyOffset(key, value)),
  ])
  const worker = new Worker(kafka, memory, configs, offsets)
  const identity = { version: '4.3.0-millrace', workerId: '', clusterId: 'millrace' }
  const { port } = await serveJson({
    host: HOST,
    port: Number(PORT),
    routes: connectRoutes(worker, identity),
    contentType: 'application/json',
    maxBody: MAX_BODY,
    log: line => console.error(line),
    internal: error => new HttpError(500, error.message),
  })
  identity.workerId = `${HOST}:${port}`
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void worker.close().finally(() => process.exit(0)))
  console.log(`READY ${JSON.stringify({ port, pid: process.pid })}`)
} catch (error) {
  console.error(`cannot start: ${(error as Error).message}`)
  process.exit(1)
}
