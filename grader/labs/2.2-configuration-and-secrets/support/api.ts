/** The booking API over HTTP. */
import type { ComposeProject } from '../../../engines/docker/project.ts'
import { eventually, fail } from '../../../kpi/index.ts'

/** Milliseconds until the API answers after a start, also on a busy machine. */
const ANSWERS_WITHIN = 30_000

export interface Answer {
  status: number
  body: unknown
}

/** One request. Rejects when nobody answers within 5 s. */
export async function ask(project: ComposeProject, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  const port = project.port('api', 8080)
  if (port === undefined)
    fail({ subject: 'the port 8080 of api', expected: 'published in every environment', saw: 'not published', lookAt: 'compose.yaml' })
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    signal: AbortSignal.timeout(5000),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  return { status: response.status, body: await response.json() }
}

/** Waits until GET /health is 200. */
export const healthy = (project: ComposeProject): Promise<unknown> =>
  eventually(
    'GET /health of the API',
    async () => {
      const { status } = await ask(project, 'GET', '/health')
      if (status !== 200) fail({ expected: '200', saw: `${status}` })
      return true
    },
    { within: ANSWERS_WITHIN, every: 100 },
  )

/** Books a shipment; the status in words. */
export const book = async (project: ComposeProject, shipment: string): Promise<string> =>
  ask(project, 'POST', '/bookings', { shipment }).then(
    ({ status }) => String(status),
    (error: Error) => `no answer (${error.message})`,
  )

/** What psql prints, asked inside of db over its socket, where the image asks for no password. */
export async function inDatabase(project: ComposeProject, statement: string): Promise<string> {
  const { stdout, stderr } = await project.exec('db', ['psql', '-U', 'fjordline', '-d', 'fleet', '-XAtc', statement], { user: 'postgres' })
  return (stdout + stderr).trim()
}

/** Does db take this password from another container? "accepted" or "refused". */
export async function tryPassword(project: ComposeProject, password: string): Promise<string> {
  const psql = ['psql', '-w', '-h', 'db', '-U', 'fjordline', '-d', 'fleet', '-c', 'SELECT 1']
  const { code } = await project.exec('db', ['env', `PGPASSWORD=${password}`, ...psql])
  return code === 0 ? 'accepted' : 'refused'
}
