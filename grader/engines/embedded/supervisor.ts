/**
 * The supervisor: a small process between the grader and the servers. It owns them, so that a KPI can kill -9 and restart a server, and it
 * ends them when the grader's pipe to it closes. First line on standard input: a SupervisorPlan; on standard output: SupervisorNews.
 * If the supervisor itself is killed, its warden ends the servers.
 */
import { CodedError } from '../../errors/coded-error.ts'
import { RUN_MARK } from '../../process/marked.ts'
import { warden } from '../../process/warden.ts'
import { eachLine } from '../../services/lines.ts'
import { serveControl } from './control-server.ts'
import type { SupervisorNews, SupervisorPlan } from './protocol.ts'
import { REGISTRY } from './registry.ts'
import { Supervised } from './supervised.ts'

for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {})

const guard = warden()
const services = new Map<string, Supervised>()
/** The port of each service of the plan, once it has started. */
const ports = new Map<string, PromiseWithResolvers<number>>()
/** Every start under way or done: a server that is ended while it starts is waited for. */
let starts: Promise<void>[] = []
let stopping = false
/** Milliseconds for the end of what the warden killed while it was starting. */
const STARTS_END_WITHIN = 3_000
const say = (news: SupervisorNews) => process.stdout.write(`${JSON.stringify(news)}\n`)

async function stop(): Promise<never> {
  stopping = true
  await Promise.allSettled([...services.values()].map(service => service.stop()))
  await guard.close()
  for (const [name, port] of ports) port.reject(missing(name, 'The engine is stopping.'))
  await Promise.race([Promise.allSettled(starts), new Promise(resolve => setTimeout(resolve, STARTS_END_WITHIN))])
  process.exit(0)
}

const missing = (service: string, message: string) => new CodedError('MR-E-042', { service, platform: 'the embedded engine', message })

/** Where a service finds another one of the plan: the registry its broker, for example. */
async function peer(name: string): Promise<number> {
  const port = ports.get(name)
  if (!port) throw missing(name, 'A service of this lab needs it, but its lab.yaml does not list it.')
  return port.promise
}

async function bringUp(plan: SupervisorPlan, name: SupervisorPlan['services'][number]): Promise<void> {
  const load = REGISTRY[name.name]
  if (!load) throw missing(name.name, 'It is not one of the embedded services.')
  const module = await load()
  if (stopping) throw missing(name.name, 'The engine is stopping.')
  const progress = (text: string) => say({ kind: 'progress', text })
  const env = { ...process.env, [RUN_MARK]: plan.runId }
  const service = new Supervised(name.name, module, {
    ...name,
    runId: plan.runId,
    runDir: plan.runDir,
    warden: guard,
    env,
    progress,
    peer,
  })
  services.set(name.name, service)
  await service.start()
  ports.get(name.name)?.resolve(service.endpoint.port)
  say({ kind: 'up', service: name.name, ...service.endpoint })
}

async function run(plan: SupervisorPlan): Promise<void> {
  for (const { name } of plan.services) {
    const port = Promise.withResolvers<number>()
    port.promise.catch(() => {}) // Nobody may be waiting for it.
    ports.set(name, port)
  }
  try {
    const controlPort = serveControl(plan.control.port, plan.control.token, services)
    starts = plan.services.map(service => bringUp(plan, service))
    await Promise.all(starts)
    say({ kind: 'ready', controlPort: await controlPort })
  } catch (error) {
    const coded =
      error instanceof CodedError
        ? error
        : new CodedError('MR-E-090', { message: (error as Error).stack, evidence: plan.runDir }, { cause: error })
    say({ kind: 'failed', code: coded.code, facts: coded.facts })
    await stop()
  }
}

let started = false
eachLine(process.stdin, line => {
  if (started) return
  started = true
  void run(JSON.parse(line) as SupervisorPlan)
})
process.stdin.once('close', () => void stop())
process.stdout.on('error', () => {})
