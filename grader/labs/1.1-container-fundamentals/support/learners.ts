/** What the contract of lab 1.1 lets the grader rely on. */
import type { ComposeProject } from '../../../engines/docker/project.ts'
import { type Database, sql } from '../../../experiments/outside.ts'
import { eventually, fail } from '../../../kpi/index.ts'
import { DB, type Service } from './stack.ts'

/** Ports inside of the containers, and those that the learner's file publishes them on. */
export const PORTS: Record<Service, { target: number; published: number }> = {
  web: { target: 80, published: 8080 },
  db: { target: 5432, published: 5432 },
  cache: { target: 6379, published: 6379 },
}

/** Milliseconds until a service that was started answers. */
export const ANSWERS_WITHIN = 30_000

/** Ends the KPI when a service is missing or its port leads nowhere. */
export function portOf(project: ComposeProject, service: Service): number {
  const port = project.port(service, PORTS[service].target)
  if (port !== undefined) return port
  const known = Object.entries(project.config.services ?? {})
  const ports = project.config.services?.[service]?.ports ?? []
  return fail({
    subject: `the port ${PORTS[service].target} of ${service}`,
    expected: `published on 127.0.0.1:${PORTS[service].published}`,
    saw: !project.config.services?.[service]
      ? `no service ${service}; there are ${known.map(([name]) => name).join(', ') || 'none'}`
      : ports.length === 0
        ? 'no published port'
        : `published from the container's port ${ports.map(({ target }) => target).join(', ')}`,
    lookAt: 'compose.yaml',
  })
}

/** How to reach db from outside. */
export const database = (port: number, password: string): Database => ({ port, password, ...DB })

/** Waits until db takes this password. */
export const dbAnswers = (port: number, password: string) =>
  eventually(`db lets ${DB.user} into ${DB.database} with the password of DB_PASSWORD`, () => sql(database(port, password), 'SELECT 1'), {
    within: ANSWERS_WITHIN,
    every: 100,
  })
