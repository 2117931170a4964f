/** The report service in a container, asked over HTTP. */
import { eventually } from '../../../kpi/eventually.ts'
import { KpiFailure } from '../../../kpi/outcomes.ts'
import type { Random } from '../../../kpi/types.ts'
import type { Started } from './container.ts'

/** Milliseconds until a container that was started must answer. */
const ANSWERS_WITHIN = 15_000

/** Waits until the service answers, or its container has ended: then with which exit code. @throws KpiFailure when neither happens */
export const settled = (container: Started): Promise<'answers' | { exitCode: number }> =>
  eventually(
    'the container answers GET /health on port 8080, or ends',
    async () => {
      const { status, exitCode } = await container.state()
      if (status === 'exited') return { exitCode }
      const ready = container.port !== undefined && (await ask(container, '/health')).status === 200
      return ready ? ('answers' as const) : undefined
    },
    { within: ANSWERS_WITHIN, every: 100 },
  )

/** Waits until the service answers. @throws KpiFailure with the last words of a container that ends first */
export async function answers(container: Started): Promise<void> {
  const how = await settled(container)
  if (how === 'answers') return
  throw new KpiFailure({
    subject: 'the container',
    expected: 'the service runs',
    saw: `it ended with exit code ${how.exitCode}`,
    details: (await container.logs()).trim().split('\n').slice(-2),
  })
}

/** One request. Rejects when there is no answer within 5 s. */
export async function ask(container: Started, path: string, body?: string): Promise<{ status: number; text: string }> {
  const reply = await fetch(`http://127.0.0.1:${container.port}${path}`, {
    signal: AbortSignal.timeout(5000),
    ...(body === undefined ? {} : { method: 'POST', body }),
  })
  return { status: reply.status, text: await reply.text() }
}

/** Random readings, and the lines that the report must have. */
export function readings(random: Random): { csv: string; lines: string[] } {
  const rows: string[] = []
  const lines: string[] = []
  for (let v = 1; v <= 5; v++) {
    const vehicle = `V-${v}${random.word(3)}`
    const degrees = Array.from({ length: random.int(2, 6) }, () => random.int(-250, 80) / 10)
    rows.push(...degrees.map((celsius, i) => `${vehicle},2026-03-0${v}T10:0${i}:00Z,${celsius}`))
    const show = (n: number) => (Number.isInteger(n) ? `${n}.0` : String(n))
    lines.push(
      [
        vehicle,
        degrees.length,
        show(Math.min(...degrees)),
        show(Math.max(...degrees)),
        `2026-03-0${v}T10:0${degrees.length - 1}:00+00:00`,
      ].join(' '),
    )
  }
  return { csv: `vehicle_id,event_time,celsius\n${random.shuffle(rows).join('\n')}\n`, lines }
}

/** The report's lines after its header, columns joined by one blank. */
export const linesOf = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/).join(' '))
