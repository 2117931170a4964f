/** Faults on containers. Each takes effect only on one that runs, and is healed by bringing it back as it was. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Fault } from '../../experiments/nemesis.ts'
import { askDocker, docker } from './client.ts'
import type { Container } from './inspect.ts'
import type { ComposeProject } from './project.ts'

/** Milliseconds for what the engine does to one container. */
const WITHIN = 20_000

async function target(project: ComposeProject, service: string, states = ['running']): Promise<Container | null> {
  const found = (await project.containers()).find(container => container.service === service)
  return found && states.includes(found.state) ? found : null
}

const start = (container: Container) => docker(['start', container.id], { within: WITHIN })

/** SIGKILL to the main process, by the engine: restart policies do not see it as a crash. Healed by starting it again. */
export const killContainer = (project: ComposeProject, service: string): Fault => ({
  name: `kill ${service}`,
  async inject() {
    const container = await target(project, service)
    if (!container) return null
    const { code } = await askDocker(['kill', '--signal', 'KILL', container.id], { within: WITHIN })
    return code === 0 ? () => start(container) : null
  },
})

/** SIGTERM (or the image's stop signal), SIGKILL after `grace` seconds. Healed by starting it again. */
export const stopContainer = (project: ComposeProject, service: string, grace = 10): Fault => ({
  name: `stop ${service}`,
  async inject() {
    const container = await target(project, service)
    if (!container) return null
    await docker(['stop', '--time', String(grace), container.id], { within: WITHIN + grace * 1000 })
    return () => start(container)
  },
})

/** Every process stands still and keeps its connections (the freezer of its control group). Healed by letting it go on. */
export const pauseContainer = (project: ComposeProject, service: string): Fault => ({
  name: `pause ${service}`,
  async inject() {
    const container = await target(project, service)
    if (!container) return null
    await docker(['pause', container.id], { within: WITHIN })
    return async () => {
      if (await target(project, service, ['paused'])) await docker(['unpause', container.id], { within: WITHIN })
    }
  },
})

/**
 * Takes a service off a network (of the compose file; all of its networks when none is named): packets are dropped, connections stay open
 * on both sides. Healed by joining again under the same names.
 */
export const disconnectContainer = (project: ComposeProject, service: string, network?: string): Fault => ({
  name: `cut ${service} off ${network ?? 'every network'}`,
  async inject() {
    const container = await target(project, service)
    const cut = container?.networks.filter(({ name }) => network === undefined || name === `${project.name}_${network}`) ?? []
    if (!container || cut.length === 0) return null
    for (const { name } of cut) await docker(['network', 'disconnect', name, container.id], { within: WITHIN })
    return async () => {
      for (const { name, aliases } of cut)
        await docker(['network', 'connect', ...aliases.flatMap(alias => ['--alias', alias]), name, container.id], { within: WITHIN })
    }
  },
})

/**
 * The main process crashes: SIGKILL that the engine did not send, so that restart policies act. Healed when the service runs again, by itself or,
 * after the time is over, by starting it. Needs the image `helper` (with a shell) where the engine's processes are not ours to signal.
 */
export const crashContainer = (project: ComposeProject, service: string, helper: string): Fault => ({
  name: `crash ${service}`,
  async inject() {
    const container = await target(project, service)
    if (!container) return null
    const killer = ['run', '--rm', '--network', 'none', '--pid', 'host', '--cap-add', 'KILL', '--security-opt', 'apparmor=unconfined']
    const { code } = await askDocker([...killer, '--entrypoint', 'sh', helper, '-c', `kill -9 ${container.pid}`], { within: WITHIN })
    if (code !== 0) return null
    return async () => {
      const deadline = performance.now() + 5_000
      while (container.restartPolicy !== 'no' && performance.now() < deadline) {
        if (await target(project, service)) return
        await delay(50)
      }
      if (!(await target(project, service))) await start(container)
    }
  },
})
