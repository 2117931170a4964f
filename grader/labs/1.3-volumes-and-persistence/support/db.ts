/** The learner's database as the contract of lab 1.3 lets the grader reach it. */
import type { ComposeProject } from '../../../engines/docker/project.ts'
import { type Database, sql } from '../../../experiments/outside.ts'
import { eventually, fail } from '../../../kpi/index.ts'

/** Where the image keeps its data. */
export const DATA = '/var/lib/postgresql/data'
/** Milliseconds until a database that was started or recovers answers. */
const ANSWERS_WITHIN = 30_000

/** How to reach db; ends the KPI when it publishes no port. */
export function databaseOf(project: ComposeProject, password: string): Database {
  const port = project.port('db', 5432)
  if (port === undefined)
    fail({ subject: 'the port 5432 of db', expected: 'published, as in the starter', saw: 'not published', lookAt: 'compose.yaml' })
  return { port: port!, password, user: 'fjordline', database: 'fleet' }
}

/** Waits until db answers; a database that keeps refusing the password says so. */
export const answers = (at: Database): Promise<unknown> =>
  eventually('db answers', () => sql(at, 'SELECT 1'), { within: ANSWERS_WITHIN, every: 50 })

/** The mount of db's container at a path, as the engine sees it. */
export async function mountAt(project: ComposeProject, path: string) {
  const { raw } = await project.container('db')
  return raw.Mounts.filter(({ Destination }) => path === Destination || path.startsWith(`${Destination}/`)).sort(
    (a, b) => b.Destination.length - a.Destination.length,
  )[0]
}
