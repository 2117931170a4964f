/** Services of the learner's running compose project, for fixtures. */
import { killContainer, pauseContainer } from '../engines/docker/nemesis.ts'
import type { ComposeProject } from '../engines/docker/project.ts'
import type { Fault } from '../experiments/nemesis.ts'
import { eventually } from '../kpi/eventually.ts'
import { Inconclusive, LearnerFault } from '../kpi/outcomes.ts'
import type { Host } from './host.ts'

/** Milliseconds until a server whose container was started must answer: those that run on Java take their time on a busy machine. */
const ANSWERS_WITHIN = 90_000

/** What to look for in a compose project. */
export interface Part {
  project: ComposeProject
  /** Its service; several where servers form a cluster. */
  names: readonly string[]
  /** The port that its containers listen on for programs of this machine, and the one for other containers. */
  port: { outside: number; inside: number }
  /** In the learner's words: "kafka lists its topics". */
  answering: string
  /** A real request is answered; may throw. */
  answers(): Promise<unknown>
}

/**
 * Where a service of the project is reached from this machine.
 * @throws LearnerFault when the file does not publish the port
 */
export function publishedPort(project: ComposeProject, name: string, target: number): number {
  const port = project.port(name, target)
  if (port === undefined)
    throw new LearnerFault({
      did: [],
      subject: `ports of the service ${name}`,
      expected: `${target} is published`,
      saw: 'it is not',
      lookAt: 'compose.yaml',
    })
  return port
}

/** A variable of the container's environment, or what the file of `<name>_FILE` holds, as official images take their secrets. */
export async function settingOf(project: ComposeProject, service: string, name: string): Promise<string | undefined> {
  const { raw } = await project.container(service)
  // What the process got, not what the file says.
  const of = (key: string) => raw.Config.Env.find(line => line.startsWith(`${key}=`))?.slice(key.length + 1)
  const file = of(`${name}_FILE`)
  if (file === undefined) return of(name)
  const { code, stdout } = await project.exec(service, ['cat', file])
  return code === 0 ? stdout.trim() : undefined
}

/** A host of containers. Its outages are the engine's: restart policies do not see them as crashes. */
export function composeHost({ project, names, port, answering, answers }: Part): Host & { healed: Set<string> } {
  const healed = new Set<string>()
  let heals: (() => unknown)[] = []
  /** A fault that did not take effect must not pass for one that was borne. */
  const inject = async (fault: (project: ComposeProject, name: string) => Fault) => {
    for (const name of names) {
      healed.add(name)
      const injected = fault(project, name)
      const heal = await injected.inject()
      if (!heal) throw new Inconclusive(`${injected.name}: it did not take effect`)
      heals.push(heal)
    }
  }
  const heal = async () => {
    const all = heals
    heals = []
    for (const undo of all) await undo()
  }
  const settled = async () => (await project.containers()).every(({ service, health }) => !healed.has(service) || health !== 'starting')
  const answered = async () => {
    await eventually(answering, async () => (await answers()) !== false, { within: ANSWERS_WITHIN, every: 100 })
    // A healthcheck that has not run yet would count against the next user.
    if (healed.size > 0) await eventually(`${names.join(', ')} is healthy again`, settled, { within: ANSWERS_WITHIN, every: 200 })
  }
  const start = async () => {
    await heal()
    await answered()
  }
  const kill = () => inject(killContainer)
  return {
    healed,
    outside: names.map(name => `127.0.0.1:${publishedPort(project, name, port.outside)}`),
    inside: names.map(name => `${name}:${port.inside}`),
    ensure: start,
    setup: async () => {},
    kill,
    start,
    async restart() {
      await kill()
      await start()
    },
    pause: () => inject(pauseContainer),
    resume: heal,
    close() {},
  }
}
