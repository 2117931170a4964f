/** What is on the topic of alerts, held against what is due. */
import type { Alert, RuleName } from '../../../../datasets/index.ts'
import { framedReader } from '../../../experiments/framed.ts'
import type { Followed } from '../../../experiments/streams/follow.ts'
import { eventually, fail } from '../../../kpi/index.ts'
import type { RegistryFixture } from '../../../services/types.ts'

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
        .catch((error: Error) =>
          fail({ subject: 'a message on the topic of alerts', expected: 'a framed Avro record of src/alert.avsc', saw: error.message }),
        )
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

/** Milliseconds for the alerts to come; a busy machine is no mistake. */
const PATIENCE = 20_000

/**
 * Waits until `last`, the alerts that come after all others, are there; then holds the alerts against what is due.
 * @param among only alerts that it accepts are judged, on both sides
 */
export async function expectAlerts(
  topic: Followed,
  registry: RegistryFixture,
  { due, last, among = () => true }: { due: readonly Alert[]; last: readonly Alert[]; among?: (alert: Alert) => boolean },
): Promise<void> {
  const there = async () => new Set((await alertsIn(topic, registry)).map(tell))
  const wanted = due.filter(among)
  const missing = async (of: readonly Alert[]) => {
    const seen = await there()
    return of.filter(alert => !seen.has(tell(alert)))
  }
  await eventually(
    'the alerts for the last readings that I sent',
    async () => {
      const open = (await missing(last)).map(tell)
      return (
        open.length === 0 ||
        fail({ expected: list(last.map(tell)), saw: `${open.length} of ${last.length} are not there`, details: [`missing: ${list(open)}`] })
      )
    },
    { within: PATIENCE, every: 50 },
  )
  await topic.caughtUp()
  const open = (await missing(wanted)).map(tell)
  const seen = distinct(await alertsIn(topic, registry)).filter(among)
  const due2 = new Set(wanted.map(tell))
  const extra = seen.map(tell).filter(text => !due2.has(text))
  if (open.length + extra.length === 0) return
  fail({
    subject: 'alerts',
    expected: `the ${wanted.length} that are due, and no other`,
    saw: [open.length > 0 ? `${open.length} missing` : '', extra.length > 0 ? `${extra.length} that are not due` : '']
      .filter(Boolean)
      .join(', '),
    details: [...(open.length > 0 ? [`missing: ${list(open)}`] : []), ...(extra.length > 0 ? [`not due: ${list(extra)}`] : [])],
  })
}

/** The first few, and how many more. */
export const list = (texts: readonly string[], most = 3): string =>
  texts.length <= most ? texts.join('; ') : `${texts.slice(0, most).join('; ')}; and ${texts.length - most} more`
