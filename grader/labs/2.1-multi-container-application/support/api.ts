/** The vehicle API from outside, and its database from inside. */
import type { ComposeProject } from '../../../engines/docker/project.ts'
import { eventually, fail } from '../../../kpi/index.ts'
import type { Random } from '../../../kpi/types.ts'

/** Milliseconds that one answer may take. */
const ANSWERS_WITHIN = 10_000
/** Milliseconds until the API works after a start, or after what it stands on was replaced. */
export const WORKS_WITHIN = 30_000

/** No two runs have the same. */
const ADDRESS = /\d+\.\d+\.\d+\.\d+/g

export interface Vehicle {
  id: string
  plate: string
  payload_kg: number
}

export interface Answer {
  /** 0: no answer. */
  status: number
  body: Partial<Vehicle> & { error?: string }
  /** The header `from`: cache or database; empty without one. */
  from: string
}

/** One request; never rejects. */
export async function ask(project: ComposeProject, id: string, change?: Omit<Vehicle, 'id'>): Promise<Answer> {
  const port = project.port('api', 8080)
  if (port === undefined) fail({ subject: 'the port 8080 of api', expected: 'published', saw: 'not published', lookAt: 'compose.yaml' })
  try {
    const response = await fetch(`http://127.0.0.1:${port}/vehicles/${id}`, {
      signal: AbortSignal.timeout(ANSWERS_WITHIN),
      ...(change ? { method: 'PUT', body: JSON.stringify(change) } : {}),
    })
    return { status: response.status, body: (await response.json()) as Answer['body'], from: response.headers.get('from') ?? '' }
  } catch {
    return { status: 0, body: {}, from: '' }
  }
}

/** Runs SQL in the database's own container, as its owner; the rows as text, columns separated by |. */
export async function sql(project: ComposeProject, text: string): Promise<string[]> {
  const { code, stdout, stderr } = await project.exec('db', [
    'psql',
    '-h',
    '127.0.0.1',
    '-U',
    'fjordline',
    '-d',
    'fleet',
    '-At',
    '-c',
    text,
  ])
  if (code !== 0)
    fail({ subject: 'psql in db, as fjordline in fleet', expected: 'it runs', saw: stderr.trim().slice(0, 200), lookAt: 'compose.yaml' })
  return stdout.trim() === '' ? [] : stdout.trim().split('\n')
}

/** Puts vehicles into the database that nobody has seen; a warm database may have them from the run before. */
export async function newVehicles(project: ComposeProject, random: Random, count: number): Promise<Vehicle[]> {
  const vehicles = Array.from({ length: count }, (_, i) => ({
    id: `X-${random.word(6)}-${i}`,
    plate: `FJ ${random.int(10_000, 99_999)}`,
    payload_kg: random.int(1000, 25_000),
  }))
  const rows = vehicles.map(({ id, plate, payload_kg }) => `('${id}', '${plate}', ${payload_kg})`).join(', ')
  await sql(
    project,
    `INSERT INTO vehicles VALUES ${rows} ON CONFLICT (id) DO UPDATE SET plate = EXCLUDED.plate, payload_kg = EXCLUDED.payload_kg`,
  )
  return vehicles
}

/** Waits until the API finds a vehicle. */
export const works = (
  project: ComposeProject,
  vehicle: Vehicle,
  what = 'GET of a vehicle that I have just put into the database',
): Promise<unknown> =>
  eventually(
    what,
    async () => {
      const { status, body } = await ask(project, vehicle.id)
      if (status !== 200)
        fail({ expected: '200', saw: status === 0 ? 'no answer' : `${status} ${JSON.stringify(body).replace(ADDRESS, 'the old address')}` })
      return true
    },
    { within: WORKS_WITHIN, every: 200 },
  )

/** A counter of the cache's own INFO. */
export async function cacheCounter(project: ComposeProject, name: string): Promise<number> {
  const { stdout } = await project.exec('cache', ['valkey-cli', 'INFO', 'stats'])
  return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(stdout)?.[1] ?? Number.NaN)
}

/** How often the table of vehicles was looked into, as the database counts. Statistics of a session arrive when it has been idle. */
export const lookedUp = async (project: ComposeProject): Promise<number> =>
  Number(
    (await sql(project, "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'vehicles'"))[0],
  )
