/** What is on the topic of rejects, held against what cannot be judged. */
import { eventually, expect, fail } from '../../../kpi/index.ts'
import { list, missed, readToTheEnd } from './alerts.ts'
import type { Pipeline } from './pipeline.ts'

/** A message that must be rejected. */
export interface Bad {
  partition: number
  offset: number
  key: string | null
  value: Buffer
  reason: string
}

const PATIENCE = 20_000

/** Each of these, and nothing else, is there once or more, with its reason and origin, byte for byte. Waits for them. */
export async function expectRejects(pipe: Pipeline, bad: readonly Bad[]): Promise<void> {
  const header = (n: number, name: string) => String(pipe.rejects.messages[n]?.headers?.[name] ?? '(none)')
  const originOf = ({ partition, offset }: Bad) => `${pipe.topics.readings}/${partition}/${offset}`
  const origins = () => pipe.rejects.messages.map((_, n) => header(n, 'origin'))
  const what = 'the messages that cannot be judged, on the topic of rejects'
  const over = readToTheEnd(pipe, pipe.rejects)
  await eventually(
    what,
    async () => {
      const nothingComes = await over()
      const seen = new Set(origins())
      const missing = bad.filter(one => !seen.has(originOf(one)))
      if (missing.length === 0) return true
      const feedback = {
        expected: `${bad.length} with their origin <topic>/<partition>/<offset>`,
        saw: `${missing.length} missing`,
        details: [`missing: ${list(missing.map(({ partition, offset, reason }) => `${reason} ~${partition}/~${offset}`))}`],
      }
      if (nothingComes) missed({ subject: what, ...feedback })
      return fail(feedback)
    },
    { within: PATIENCE, every: 50 },
  )
  await pipe.rejects.caughtUp()
  const wanted = new Map(bad.map(one => [originOf(one), one]))
  for (const [n, { key, value }] of pipe.rejects.messages.entries()) {
    const one = wanted.get(header(n, 'origin'))
    if (!one)
      fail({
        subject: 'a message on the topic of rejects',
        expected: 'only messages that cannot be judged',
        saw: `one with the reason ${header(n, 'reason')} that I had sent whole and in time`,
      })
    expect(header(n, 'reason'), `header "reason" of a message that is ${one.reason}`).toBe(one.reason)
    if ((key?.toString() ?? null) !== one.key)
      fail({ subject: `key of a rejected message (${one.reason})`, expected: String(one.key), saw: String(key) })
    if (Buffer.compare(value ?? Buffer.alloc(0), one.value) !== 0)
      fail({
        subject: `value of a rejected message (${one.reason})`,
        expected: 'the bytes that I had sent',
        saw: `others: ${beginning(value)}`,
      })
  }
}

/** The first bytes, as text where they are text. */
const beginning = (value: Buffer | null): string =>
  value === null
    ? 'none'
    : /^[ -~]{8}/.test(value.toString('latin1'))
      ? `${value.toString('latin1', 0, 30)}…`
      : `${value.toString('hex', 0, 8)}…`
