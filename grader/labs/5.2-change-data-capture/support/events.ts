/** Debezium's events as a consumer reads them. */
import type { Followed, Message } from '../../../experiments/streams/follow.ts'
import { eventually } from '../../../kpi/index.ts'
import { LearnerFault } from '../../../kpi/outcomes.ts'
import { ARRIVES_WITHIN } from './pipeline.ts'

export type Row = Record<string, unknown>

/** The envelope, as far as it is judged. */
export interface Change {
  op: 'r' | 'c' | 'u' | 'd' | 't'
  before: Row | null
  after: Row | null
  source: { lsn: number | bigint; txId: number | bigint; table: string; snapshot: string }
}

/** A message read: `change` is null for a tombstone. */
export interface Event {
  partition: number
  offset: number
  key: Row | null
  change: Change | null
}

const payload = (bytes: Buffer): unknown => {
  const json = JSON.parse(bytes.toString())
  // JsonConverter puts the schema beside the payload unless it is told not to.
  return json !== null && typeof json === 'object' && 'payload' in json && 'schema' in json ? json.payload : json
}

/** A message of the JSON variant. Throws LearnerFault when it is none: no later message makes it one, so nobody waits for one. */
export function jsonEvent({ partition, offset, key, value }: Message): Event {
  try {
    const change = value === null ? null : (payload(value) as Change)
    if (change !== null && (typeof change !== 'object' || !('op' in change) || !change.source))
      throw new LearnerFault({
        subject: 'a message’s value',
        expected: 'an event with op, before, after and source',
        saw: JSON.stringify(change).slice(0, 200),
      })
    return { partition, offset, key: key === null ? null : (payload(key) as Row), change }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new LearnerFault({ subject: 'a message', expected: 'JSON', saw: value?.toString('latin1', 0, 40) ?? 'nothing' })
  }
}

/** Milliseconds for an event that was committed before another one which is there: all that it lacks is the way through the broker. */
export const IS_DUE = 5_000

/** Everything read so far, in each partition's order. */
export const events = (followed: Followed): Event[] => followed.messages.map(jsonEvent)

/** Waits until the topic holds an event of which `match` says yes. */
export function arrives(followed: Followed, what: string, match: (event: Event) => boolean, within = ARRIVES_WITHIN): Promise<Event> {
  let seen = 0
  return eventually(
    what,
    () => {
      for (; seen < followed.messages.length; seen++) {
        const event = jsonEvent(followed.messages[seen]!)
        if (match(event)) return event
      }
      return undefined
    },
    { within, every: 20 },
  )
}

/** The value of a key's last event, by the key as text: what a consumer that keeps the table has in the end. */
export function tableOf(all: readonly Event[]): Map<string, Row> {
  const rows = new Map<string, Row>()
  for (const { key, change } of all) {
    const id = JSON.stringify(key)
    if (change?.after) rows.set(id, change.after)
    else rows.delete(id)
  }
  return rows
}
