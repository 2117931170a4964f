import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { ServiceName } from '../../course/types.ts'
import { CodedError } from '../../errors/coded-error.ts'
import { portIsFree } from '../../process/ports.ts'
import { Control } from '../../services/control.ts'
import type { ServiceEndpoint } from '../../services/types.ts'
import type { Engine, EngineOptions } from '../engine.ts'
import type { SupervisorPlan } from './protocol.ts'
import { RESETS } from './resets.ts'
import { type Supervisor, startSupervisor } from './start-supervisor.ts'

/** Milliseconds in which a supervisor that lives answers. */
const SUPERVISOR_WITHIN = 5_000

const secret = () => randomBytes(18).toString('hex')

/**
 * Starts services on this machine without Docker, in parallel, outside this process. They end when `stop` is called or this process dies.
 * @throws CodedError MR-E-040 … 046 when one does not get ready; nothing is left running then.
 * @example const engine = await startEmbedded(['valkey'], { runId: run.id, runDir: run.dir })
 */
export async function startEmbedded(names: readonly ServiceName[], options: EngineOptions): Promise<Engine> {
  const { runId, runDir, onProgress } = options
  const plan: SupervisorPlan = {
    runId,
    runDir: join(runDir, 'services-1'),
    control: { port: 0, token: secret() },
    services: names.map(name => ({ name, port: 0, password: secret() })),
  }
  if (names.length === 0) return { services: [], endpoints: [], ensureHealthy: async () => {}, reset: async () => {}, stop: async () => {} }
  let supervisor: Supervisor = await startSupervisor(plan, onProgress)
  plan.control.port = supervisor.controlPort
  const endpoints = plan.services.map(({ name, password }): ServiceEndpoint => {
    const { port, user, version, pid } = supervisor.up.get(name)!
    return { service: name, host: '127.0.0.1', port, user, password, control: plan.control, version, pid }
  })
  for (const service of plan.services) service.port = supervisor.up.get(service.name)!.port

  const control = new Map(endpoints.map(endpoint => [endpoint.service, new Control(endpoint)]))
  const ask = <T>(name: ServiceName, op: string) => control.get(name)!.ask<T>(op, {}, 60_000)
  let stopped: Promise<void> | undefined
  const stop = () =>
    (stopped ??= (async () => {
      for (const channel of control.values()) channel.close()
      await supervisor.stop()
    })())

  /** A supervisor that does not answer is replaced: same ports and passwords, fresh servers in a folder that its warden does not remove. */
  const replace = async () => {
    await supervisor.kill()
    for (const { port } of [...plan.services, plan.control]) await portIsFree(port, 10_000)
    plan.runDir = join(runDir, `services-${++generation}`)
    supervisor = await startSupervisor(plan, onProgress)
  }
  let generation = 1
  const ensure = () =>
    Promise.all(
      endpoints.map(async endpoint => {
        await control.get(endpoint.service)!.ask('hello', {}, SUPERVISOR_WITHIN) // It does nothing else: a silent one is not busy.
        endpoint.pid = await ask<number>(endpoint.service, 'ensure')
      }),
    )
  const ensureHealthy = async () => {
    if (stopped) throw new Error('the engine was stopped')
    await ensure().catch(async error => {
      if (!(error instanceof CodedError && error.code === 'MR-E-046')) throw error
      await replace()
      await ensure()
    })
  }

  return {
    endpoints,
    services: endpoints.map(endpoint => ({
      endpoint,
      healthy: () => ask<boolean>(endpoint.service, 'healthy').catch(() => false),
      stop,
    })),
    ensureHealthy,
    async reset() {
      await ensureHealthy()
      await Promise.all(endpoints.map(endpoint => RESETS[endpoint.service]?.(endpoint, control.get(endpoint.service)!)))
    },
    stop,
  }
}
