/** What a client of the booking API does and sees. */
import type { ComposeProject } from '../../../engines/docker/project.ts'
import type { Ledger } from '../../../experiments/ledger.ts'
import { eventually, fail } from '../../../kpi/index.ts'

/** Milliseconds that an answer may take, whatever is out of order. */
export const ANSWERS_WITHIN = 3000
/** Milliseconds until everything works again after the cause has gone, also on a busy machine. */
export const RECOVERS_WITHIN = 20_000

export interface Answer {
  /** 0: no answer within the time; -1: the connection was closed or refused. */
  status: number
  body: { id?: string; shipment?: string; source?: string }
  /** The header `degraded`; empty without one. */
  degraded: string
}

/** One request; never rejects. */
export async function ask(project: ComposeProject, path: string, body?: unknown): Promise<Answer> {
  const port = project.port('api', 8080)
  if (port === undefined) fail({ subject: 'the port 8080 of api', expected: 'published', saw: 'not published', lookAt: 'compose.yaml' })
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(ANSWERS_WITHIN),
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Answer['body'], degraded: response.headers.get('degraded') ?? '' }
  } catch (error) {
    return { status: (error as Error).name === 'TimeoutError' ? 0 : -1, body: {}, degraded: '' }
  }
}

/** GET of one booking; never rejects. */
export const read = (project: ComposeProject, id: string): Promise<Answer> => ask(project, `/bookings/${id}`)
/** POST of one booking; never rejects. */
export const book = (project: ComposeProject, id: string): Promise<Answer> => ask(project, '/bookings', { id, shipment: `of ${id}` })

/** A status in the words of the lesson. */
export const inWords = (status: number): string =>
  status === 0 ? `no answer within ${ANSWERS_WITHIN / 1000} s` : status === -1 ? 'a closed connection' : String(status)

/** Waits until a new booking is acknowledged; nobody but the system itself does anything for it. */
export async function works(project: ComposeProject, prefix: string, within = RECOVERS_WITHIN): Promise<void> {
  let n = 0
  await eventually(
    'a booking is acknowledged again, without anybody’s help',
    async () => {
      const { status } = await book(project, `${prefix}-${n++}`)
      if (status !== 201) fail({ expected: '201', saw: inWords(status) })
      return true
    },
    { within, every: 200 },
  )
}

/** Books one after the other until stopped; each answer goes into the ledger by what it promises. */
export function load(project: ComposeProject, ledger: Ledger, prefix: string, writers = 4) {
  let on = true
  const statuses = new Map<number, number>()
  const all = Array.from({ length: writers }, async (_, writer) => {
    for (let n = 0; on; n++) {
      const id = `${prefix}-${writer}-${n}`
      ledger.attempt(id)
      const { status } = await book(project, id)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === 201) ledger.ack(id)
      else if (status === 503) ledger.refuse(id)
    }
  })
  return {
    statuses,
    count: (status: number): number => statuses.get(status) ?? 0,
    async stop(): Promise<void> {
      on = false
      await Promise.all(all)
    },
  }
}
