/** The ingress: HTTP and files in, Avro on Kafka out. */
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { readConfig } from './config.ts'
import { serve } from './http.ts'
import { watchInbox } from './inbox.ts'
import { Parser } from './parse.ts'
import { ProgressStore } from './progress.ts'
import { Publisher } from './publisher.ts'
import { openContract } from './registry.ts'

const config = readConfig(process.env)
const [header = '', ...vehicles] = (await readFile(config.fleet, 'utf8')).trimEnd().split('\n')
const column = header.split(',').indexOf('vehicle_id')
const parser = new Parser(new Set(vehicles.map(line => line.split(',')[column]!)))
const publisher = new Publisher(config)
let asked = false
const stopping = (): boolean => asked

const server = serve({ config, parser, publisher, stopping })

/** Takes nothing in any more, waits for what was taken, and goes. */
async function stop(): Promise<void> {
  if (asked) return
  asked = true
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  server.closeIdleConnections()
  await Promise.race([closed, wait(0)])
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

await publisher.open(await openContract(config.registryUrl, config.topic))
await watchInbox({ config, parser, publisher, progress: new ProgressStore(config.stateDir), stopping })
