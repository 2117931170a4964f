/** Holds a topic's history of shipments against the table: every change once, in order, up to what is there. */
import type pg from 'pg'
import type { Followed } from '../../../experiments/streams/follow.ts'
import { eventually, expect, fail } from '../../../kpi/index.ts'
import { type Event, events } from './events.ts'
import { ARRIVES_WITHIN } from './pipeline.ts'

interface Seen {
  rev: number
  /** Of its last event. */
  event: Event
}

/** What was made of the topic: repeats are those that their lsn tells. */
export interface History {
  shipments: Map<string, Seen>
  repeated: number
}

/**
 * Each shipment's events, in the order of their partition: the first tells of any `rev`, each further one of the next.
 * An event with the lsn, transaction and operation of one before it is that one again.
 * @throws KpiFailure at the first shipment with a gap, with the smallest witness
 */
export function historyOf(all: readonly Event[]): History {
  const shipments = new Map<string, Seen>()
  const told = new Map<string, number>()
  let repeated = 0
  for (const event of all) {
    const { change } = event
    const id = change?.after?.['shipment_id']
    if (!change?.after || typeof id !== 'string') continue
    const rev = Number(change.after['rev'])
    const name = `${id} ${change.op} ${change.source.lsn} ${change.source.txId}`
    const before = told.get(name)
    if (before !== undefined) {
      expect(rev, 'rev of an event that has the lsn, transaction and operation of one before it').toBe(before)
      repeated++
      continue
    }
    told.set(name, rev)
    const had = shipments.get(id)
    // A snapshot that was broken off begins again: its rows come as they are then.
    const follows = !had || rev === had.rev + 1 || (change.op === 'r' && had.event.change?.op === 'r' && rev >= had.rev)
    if (!follows)
      fail({
        subject: 'rev of one shipment, in the topic’s order',
        expected: `~${had.rev + 1} after ~${had.rev}, or the same lsn again`,
        saw: `~${rev} after ~${had.rev} (op ${change.op})`,
      })
    shipments.set(id, { rev, event })
  }
  return { shipments, repeated }
}

/** Waits until the topic has told of everything that the table holds. Nobody may write any more. */
export async function converges(followed: Followed, client: pg.Client): Promise<History> {
  const { rows } = await client.query<{ shipment_id: string; rev: number }>('SELECT shipment_id, rev FROM shipments')
  await eventually(
    'the topic has told of every shipment as it is now',
    async () => {
      await followed.caughtUp()
      const { shipments } = historyOf(events(followed))
      const missing = rows.filter(({ shipment_id, rev }) => (shipments.get(shipment_id)?.rev ?? 0) < rev).length
      return missing === 0 || fail({ saw: `~${missing} of ~${rows.length} shipments are not in the topic, or in an older state only` })
    },
    { within: ARRIVES_WITHIN, every: 250 },
  )
  return historyOf(events(followed))
}
