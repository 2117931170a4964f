/** What is on the topic of alerts, held against what is due. */
import type { Alert, RuleName } from '../../../../datasets/index.ts'
import { framedReader, NotFramed } from '../../../experiments/framed.ts'
import type { Followed } from '../../../experiments/streams/follow.ts'
import { eventually, fail } from '../../../kpi/index.ts'
import { LearnerFault } from '../../../kpi/outcomes.ts'
import type { Feedback } from '../../../results/types.ts'
import type { RegistryFixture } from '../../../services/types.ts'
import type { Pipeline } from './pipeline.ts'

/** An alert as the processor wrote it, and the key of its message. */
export interface Seen extends Alert {
  id: string
  key: string
}

const clock = (iso: string) => iso.slice(11, 19)

/** An alert as a learner reads it: "V-0003 front threshold due 06:12:40 since 06:11:40 at 9.1". */
export const tell = ({ vehicle_id, compartment, rule, due_at, since, value_c }: Alert): string =>
  [
    vehicle_id,
    ...(compartment ? [compartment] : []),
    `${rule} due ${clock(due_at)} since ${clock(since)}`,
    ...(value_c === null ? [] : [`at ${value_c} °C`]),
  ].join(' ')

const iso = (millis: unknown): string => {
  const date = new Date(Number(millis))
  return Number.isNaN(date.getTime()) ? String(millis) : `${date.toISOString().slice(0, 19)}Z`
}

/** Every alert that is there now, in the order of each partition. Fails for a message that is no alert of the contract. */
export async function alertsIn(topic: Followed, registry: RegistryFixture): Promise<Seen[]> {
  const read = framedReader(registry)
  return Promise.all(
    topic.messages.map(async ({ key, value }) => {
      const fields = await read(value)
        .then(framed => framed.value)
        .catch(error => {
          // A registry that does not answer me is nobody's mistake.
          if (!(error instanceof NotFramed)) throw error
          return fail({
            subject: 'a message on the topic of alerts',
            expected: 'a framed Avro record of src/alert.avsc',
            saw: error.message,
          })
        })
      const { id, rule, vehicle_id, compartment = null, due_at, since, value_c = null } = fields
      const alert = { rule: rule as RuleName, vehicle_id: String(vehicle_id), compartment, due_at: iso(due_at), since: iso(since), value_c }
      return { ...(alert as Alert), id: String(id), key: String(key) }
    }),
  )
}

/** Alerts, each id once. Fails when one id stands for two different alerts, or two ids for the same. */
export function distinct(alerts: readonly Seen[]): Seen[] {
  const byId = new Map<string, Seen>()
  const byContent = new Map<string, string>()
  for (const alert of alerts) {
    const before = byId.get(alert.id)
    if (before && tell(before) !== tell(alert))
      fail({
        subject: 'two alerts with the same id',
        expected: 'the same alert, written again',
        saw: `${tell(before)}, and ${tell(alert)}`,
      })
    const other = byContent.get(tell(alert))
    if (other !== undefined && other !== alert.id)
      fail({ subject: 'the same alert twice', expected: `one id for ${tell(alert)}`, saw: 'two ids: whoever reads them has two alerts' })
    byId.set(alert.id, alert)
    byContent.set(tell(alert), alert.id)
  }
  return [...byId.values()]
}

/** Milliseconds for the last alerts to come, and for others after them; a busy machine is no mistake. */
const [PATIENCE, AFTERWARDS] = [20_000, 3_000]

/** What is held against the topic of alerts. */
export interface Due {
  due: readonly Alert[]
  /** The alerts that come after all others of their partition: when they are there, the rest is. */
  last: readonly Alert[]
  /** Only alerts that it accepts are judged, on both sides. */
  among?: (alert: Alert) => boolean
  /** Which alerts are wrong depends on the moment of a kill: how many is enough. */
  byChance?: boolean
  /** Alerts may come when nothing more is to be read, because time passes. */
  comesByTime?: boolean
}

/** What is looked at: the topic of alerts, and whether all that was sent has been read. */
export type Judged = Pick<Pipeline, 'alerts' | 'allRead'>

/** The two marking trucks of a partition stand for each other: whichever raises an alert, everything before it has been judged. */
const markOf = (alert: Alert): string => (isMark(alert) ? `mark ${Math.floor(Number(alert.vehicle_id.slice(2)) / 2)}` : tell(alert))
const isMark = ({ vehicle_id }: Alert): boolean => vehicle_id.startsWith('V-9')
const MARKS = 'V-9… are trucks of mine that mark the end: their readings come last, in every partition'

/** Waits until the last alerts are there; then holds the alerts against what is due. */
export async function expectAlerts(
  pipe: Judged,
  registry: RegistryFixture,
  { due, last, among = () => true, byChance = false, comesByTime = false }: Due,
): Promise<void> {
  const topic = pipe.alerts
  await untilJudged(pipe, registry, last, comesByTime)
  const wanted = due.filter(among)
  const missing = async () => {
    const seen = new Set((await alertsIn(topic, registry)).map(tell))
    return wanted.filter(alert => !seen.has(tell(alert)))
  }
  const until = performance.now() + AFTERWARDS
  let open = await missing()
  await eventually('', async () => (open = await missing()).length === 0 || performance.now() > until, { within: 60_000, every: 100 })
  const ours = new Set(wanted.map(tell))
  const extra = distinct(await alertsIn(topic, registry))
    .filter(alert => among(alert) && !ours.has(tell(alert)))
    .sort((a, b) => (a.due_at + tell(a) < b.due_at + tell(b) ? -1 : 1))
  if (open.length + extra.length === 0) return
  const here = byChance ? '~' : ''
  const count = (of: Alert[], what: string) => (of.length === 0 ? [] : [`${here}${of.length} ${what}`])
  const show = (of: Alert[], what: string) => (of.length === 0 || byChance ? [] : [`${what}: ${list(of.map(tell))}`])
  const details = [...show(open, 'missing'), ...show(extra, 'not due')]
  fail({
    subject: 'alerts',
    expected: `the ${wanted.length} that are due, and no other`,
    saw: [...count(open, 'missing'), ...count(extra, 'that are not due')].join(', '),
    details: details.some(text => text.includes('V-9')) ? [...details, MARKS] : details,
  })
}

async function untilJudged(pipe: Judged, registry: RegistryFixture, last: readonly Alert[], comesByTime: boolean): Promise<void> {
  const marks = [...new Set(last.map(markOf))]
  const what = 'the alerts that come last'
  const over = readToTheEnd(pipe, pipe.alerts)
  await eventually(
    what,
    async () => {
      // Asked first: what is committed was published before.
      const nothingComes = !comesByTime && (await over())
      const seen = new Set((await alertsIn(pipe.alerts, registry)).map(markOf))
      const open = last.filter(alert => !seen.has(markOf(alert)))
      if (open.length === 0) return true
      const left = marks.filter(mark => !seen.has(mark)).length
      const [saw, some] = last.some(isMark)
        ? [`the trucks that mark the end have none in ~${left} of ${marks.length} partitions`, [MARKS]]
        : [`${left} of ${marks.length} are not there`, [`missing: ${list(open.map(tell))}`]]
      const expected = last.some(isMark) ? 'an alert of each partition’s last readings' : list(last.map(tell))
      if (nothingComes) missed({ subject: what, expected, saw, details: some })
      return fail({ expected, saw, details: some })
    },
    { within: PATIENCE, every: 50 },
  )
  await pipe.alerts.caughtUp()
}

/** Ends a wait: what is missing will not come any more. */
export function missed(feedback: Partial<Feedback>): never {
  throw new LearnerFault({
    ...feedback,
    details: [...(feedback.details ?? []), 'Your group has committed every reading: it waits for nothing.'],
  })
}

/**
 * Says when nothing more can come: the group has committed all that was sent, a while ago. Outputs come before the commit, so a program that is
 * right has published by then; the while is for one that commits first. We may be behind ourselves: after an outage of the broker our own group
 * waits longer for its members than the program's.
 */
export function readToTheEnd({ allRead }: Pick<Pipeline, 'allRead'>, outputs: Followed): () => Promise<boolean> {
  let [since, askedAt] = [Number.POSITIVE_INFINITY, 0]
  return async () => {
    const now = performance.now()
    if (since === Number.POSITIVE_INFINITY && now - askedAt > 300) {
      askedAt = now
      if (await allRead().catch(() => false)) since = performance.now()
    }
    if (now - since <= AFTERWARDS) return false
    await outputs.caughtUp()
    return true
  }
}

/** The first few, and how many more. */
export const list = (texts: readonly string[], most = 3): string =>
  texts.length <= most ? texts.join('; ') : `${texts.slice(0, most).join('; ')}; and ${texts.length - most} more`
