/** The reject topic, held against the rows that had to be rejected. */
import { readTopic } from '../../../experiments/topic.ts'
import { fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'
import type { Rig } from './rig.ts'
import type { Trap } from './traps.ts'

/** A row that had to be rejected, with the place that it came from. */
export interface DueReject extends Trap {
  source: string
  line: number
}

const told = (reject: Record<string, unknown>): string =>
  [`reason ${reject['reason']}`, reject['field'] === undefined ? '' : `field ${reject['field']}`].filter(Boolean).join(', ')

/** @throws KpiFailure naming the first row, in the order sent, that is missing, differs, or should not be there */
export async function judgeRejected({ kafka }: Pick<KpiFixtures, 'kafka'>, rig: Rig, due: readonly DueReject[]): Promise<void> {
  const byOrigin = new Map<string, Record<string, unknown>[]>()
  for (const { value, headers } of await readTopic(kafka, rig.rejectTopic)) {
    let reject: Record<string, unknown> = {}
    try {
      reject = JSON.parse(String(value)) as Record<string, unknown>
    } catch {
      fail({ subject: 'a record on the reject topic', expected: 'a JSON object', saw: String(value).slice(0, 100) })
    }
    const origin = `${reject['source']}:${reject['line']}`
    if (headers['origin'] !== origin)
      fail({ subject: 'the header origin of a rejected row', expected: `${origin}, as its value says`, saw: String(headers['origin']) })
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), reject])
  }
  for (const { source, line, raw, ...wanted } of due) {
    const place = `${source}, line ${line}`
    const [found, again] = byOrigin.get(`${source}:${line}`) ?? []
    byOrigin.delete(`${source}:${line}`)
    const refuse = (subject: string, expected: string, saw: string): never => fail({ subject, expected, saw, details: [raw] })
    if (!found) refuse(`the rejected row of ${place}`, `on the reject topic: ${told({ ...wanted })}`, 'not there')
    if (again) refuse(`the rejected row of ${place}`, 'there once', 'there twice')
    if (told(found!) !== told({ ...wanted })) refuse(`why ${place} was rejected`, told({ ...wanted }), told(found!))
    if (found!['raw'] !== raw) refuse(`raw of ${place}`, raw, String(found!['raw']))
  }
  const [extra] = byOrigin
  if (extra)
    fail({
      subject: 'a row that was rejected',
      expected: 'only bad ones',
      saw: `${extra[0]}: ${told(extra[1][0]!)}`,
      details: [String(extra[1][0]!['raw'])],
    })
}
