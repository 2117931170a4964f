/** What the page gets: results without what it does not show, events as tuples over tables of names. */

import { type EventsRead, thin } from '../events.ts'
import { EVIDENCE } from '../evidence-limits.ts'
import type { Results, TimelineEvent } from '../types.ts'

/** Characters of all labels and details together; beyond it details are left out, so that the page stays quick to open. */
const MAX_TEXT = 24_000_000
/** Characters of one label on the page. */
const MAX_LABEL = 2_000

export type EventTuple = [
  kpi: number,
  lane: number,
  kind: number,
  at: number,
  until: number | null,
  label: string,
  ok: 0 | 1 | null,
  detail: Record<string, unknown> | null,
]

export interface PageData {
  results: Results
  kpis: string[]
  lanes: string[]
  kinds: string[]
  events: EventTuple[]
  /** Sentences about what is not shown. */
  notes: string[]
}

const KINDS: TimelineEvent['kind'][] = ['op', 'fault', 'log', 'mark']

/** At most 50,000 events, in time order; damaged times (NaN, before zero) are put right rather than trusted. */
export function encode(results: Results, read: EventsRead): PageData {
  const events = thin(read.events, EVIDENCE.maxEvents).toSorted((a, b) => a.at - b.at)
  const kpis = table()
  const lanes = table()
  let budget = MAX_TEXT
  let cut = 0
  const tuples = events.map((event): EventTuple => {
    const at = time(event.at)
    const label = event.label.length > MAX_LABEL ? `${event.label.slice(0, MAX_LABEL)} …` : event.label
    const size = label.length + (event.detail ? JSON.stringify(event.detail).length : 0)
    budget -= size
    const detail = event.detail && budget > 0 ? event.detail : null
    if (event.detail && !detail) cut += 1
    const until = event.until === undefined ? null : Math.max(at, time(event.until))
    return [
      kpis.index(event.kpi),
      lanes.index(event.lane),
      KINDS.indexOf(event.kind),
      at,
      until,
      label,
      event.ok === undefined ? null : event.ok ? 1 : 0,
      detail,
    ]
  })
  const leftOut = read.leftOut + read.events.length - events.length
  const notes = [
    ...(leftOut > 0 ? [`${leftOut.toLocaleString('en')} operations and log lines are not shown; all are in events.ndjson.`] : []),
    ...(cut > 0 ? [`The details of ${cut.toLocaleString('en')} events are not shown; they are in events.ndjson.`] : []),
    ...(read.damaged > 0 ? [`${read.damaged.toLocaleString('en')} lines of events.ndjson could not be read.`] : []),
  ]
  return { results, kpis: kpis.names, lanes: lanes.names, kinds: KINDS, events: tuples, notes }
}

const time = (at: number): number => (Number.isFinite(at) ? Math.max(0, Math.round(at * 1000) / 1000) : 0)

function table(): { names: string[]; index(name: string): number } {
  const seen = new Map<string, number>()
  const names: string[] = []
  return {
    names,
    index(name) {
      let at = seen.get(name)
      if (at === undefined) {
        at = names.push(name) - 1
        seen.set(name, at)
      }
      return at
    },
  }
}
