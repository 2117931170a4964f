/** PostgreSQL of a learner's compose project, confined like the embedded one: a database and a role of its own for the KPI. */
import type { ComposeProject } from '../../engines/docker/project.ts'
import { composeHost, publishedPort, settingOf } from '../compose-host.ts'
import type { ComposeServed } from '../compose-services.ts'
import type { PostgresFixture, ServiceEndpoint } from '../types.ts'
import { connectAdmin } from './admin.ts'
import { openPostgres } from './fixture.ts'

const PORT = 5432

/** @throws LearnerFault when 5432 is not published */
export async function postgresOf(project: ComposeProject, names: readonly string[]): Promise<ComposeServed> {
  const name = names[0]!
  const user = (await settingOf(project, name, 'POSTGRES_USER')) ?? 'postgres'
  const endpoint: ServiceEndpoint = {
    service: 'postgres',
    host: '127.0.0.1',
    port: publishedPort(project, name, PORT),
    user,
    password: (await settingOf(project, name, 'POSTGRES_PASSWORD')) ?? '',
    version: 'PostgreSQL of the compose file',
    pid: 0,
  }
  const host = composeHost({
    project,
    names,
    port: { outside: PORT, inside: PORT },
    answering: `${name} takes connections on its published port, as ${user}`,
    answers: async () => void (await (await connectAdmin(endpoint)).end()),
  })
  return { endpoint, host }
}

/**
 * For a KPI that brings up a project of its own.
 * @param project is up; the service must publish 5432
 * @throws LearnerFault when it publishes no port; KpiFailure when it takes no connection with what its own environment says
 */
export async function composePostgres(
  project: ComposeProject,
  service: string,
  kpiId: string,
): Promise<PostgresFixture & { close(): Promise<void> }> {
  const { endpoint, host } = await postgresOf(project, [service])
  return openPostgres(endpoint, kpiId, { on: host })
}
