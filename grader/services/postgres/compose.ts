/** PostgreSQL of a learner's compose project, confined like the embedded one: a database and a role of its own for the KPI. */
import { killContainer, pauseContainer } from '../../engines/docker/nemesis.ts'
import type { ComposeProject } from '../../engines/docker/project.ts'
import type { Fault } from '../../experiments/nemesis.ts'
import { eventually } from '../../kpi/eventually.ts'
import { Inconclusive, LearnerFault } from '../../kpi/outcomes.ts'
import type { PostgresFixture } from '../types.ts'
import { connectAdmin } from './admin.ts'
import { openPostgres } from './fixture.ts'

type Heal = NonNullable<Awaited<ReturnType<Fault['inject']>>>

/** Milliseconds until a server that was started must take connections. */
const ANSWERS_WITHIN = 30_000

/**
 * @param project is up; the service must publish 5432
 * @param service its name in the compose file
 * @throws LearnerFault when it publishes no port or takes no connection with what its own environment says
 */
export async function composePostgres(
  project: ComposeProject,
  service: string,
  kpiId: string,
): Promise<PostgresFixture & { close(): Promise<void> }> {
  const port = project.port(service, 5432)
  if (port === undefined)
    throw new LearnerFault({
      did: [],
      subject: `ports of ${service}`,
      expected: '5432 is published',
      saw: 'it is not',
      lookAt: 'compose.yaml',
    })
  const { raw } = await project.container(service)
  // What the process got, not what the file says.
  const env = new Map(raw.Config.Env.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
  const user = env.get('POSTGRES_USER') ?? 'postgres'
  const endpoint = {
    service: 'postgres' as const,
    host: '127.0.0.1',
    port,
    user,
    password: env.get('POSTGRES_PASSWORD') ?? '',
    version: 'PostgreSQL of the compose file',
    pid: 0,
  }
  const answers = () =>
    eventually(
      `${service} takes connections on its published port, as ${user}`,
      async () => {
        await (await connectAdmin(endpoint)).end()
        return true
      },
      { within: ANSWERS_WITHIN, every: 100 },
    )
  await answers()
  const fixture = await openPostgres(endpoint, kpiId)
  let heal: Heal | undefined
  /** A fault that did not take effect must not pass for one that was borne. */
  const inject = async (fault: Fault) => {
    heal = (await fault.inject()) ?? undefined
    if (!heal) throw new Inconclusive(`${fault.name}: it did not take effect`)
  }
  const kill = () => inject(killContainer(project, service))
  const start = async () => {
    await heal?.()
    await answers()
  }
  return {
    ...fixture,
    kill,
    start,
    async restart() {
      await kill()
      await start()
    },
    pause: () => inject(pauseContainer(project, service)),
    resume: async () => void (await heal?.()),
  }
}
