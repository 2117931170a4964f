/** events.ndjson: appended by the KPI worker while it runs, read back by the parent for the timeline. */
import { appendFileSync, closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { EVIDENCE } from './evidence-limits.ts'
import { timelineEventSchema } from './schema.ts'
import type { TimelineEvent } from './types.ts'

const FILE = 'events.ndjson'

/** Appends events to the run's file; returns how many were dropped because the file has reached `eventBytes`. */
export function appendEvents(dir: string, events: readonly TimelineEvent[], maxBytes: number = EVIDENCE.eventBytes): number {
  const path = join(dir, FILE)
  let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  const lines: string[] = []
  for (const event of events) {
    const line = `${JSON.stringify(capped(event))}\n`
    size += Buffer.byteLength(line)
    if (size > maxBytes) break
    lines.push(line)
  }
  if (lines.length > 0) appendFileSync(path, lines.join(''))
  return events.length - lines.length
}

/** Keeps one event small: a label of 2,000 characters, a detail of 8,000; what is cut says so. */
function capped(event: TimelineEvent): TimelineEvent {
  const { label, detail } = event
  const half = Math.floor(EVIDENCE.labelChars / 2)
  const short = label.length > EVIDENCE.labelChars ? `${label.slice(0, half)} … ${label.slice(-half)}` : label
  if (!detail) return { ...event, label: short }
  const chars = detailSize(detail)
  const kept = chars <= EVIDENCE.detailChars ? detail : { note: `detail of ${chars} characters left out` }
  return { ...event, label: short, detail: kept }
}

/** A detail that JSON cannot hold (a cycle, a bigint) is treated as too large rather than costing the whole batch. */
function detailSize(detail: Record<string, unknown>): number {
  try {
    return JSON.stringify(detail).length
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** What `readEvents` found. */
export interface EventsRead {
  /** In order of `at`. */
  events: TimelineEvent[]
  /** Events that exist but are not in `events`: over the cap, or after the byte cap. */
  leftOut: number
  /** Lines that are no event, e.g. one cut off by a kill -9. */
  damaged: number
}

/**
 * Reads a run's events back. Faults and marks are always kept; operations and logs beyond `maxEvents` are thinned evenly, so that
 * the whole run stays visible. Reads at most `maxBytes`. A missing file is an empty run.
 */
export function readEvents(dir: string, maxEvents: number = EVIDENCE.maxEvents, maxBytes: number = EVIDENCE.eventBytes): EventsRead {
  const text = readHead(join(dir, FILE), maxBytes)
  const all: TimelineEvent[] = []
  let damaged = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    const parsed = timelineEventSchema.safeParse(parseJson(line))
    if (parsed.success) all.push(parsed.data)
    else damaged += 1
  }
  const events = thin(all, maxEvents).sort((a, b) => a.at - b.at)
  return { events, leftOut: all.length - events.length, damaged }
}

/** At most `max` events: all faults and marks first, then failed operations, then every k-th of the others. Keeps the order. */
export function thin(events: readonly TimelineEvent[], max: number): TimelineEvent[] {
  if (events.length <= max) return [...events]
  const kept = new Set<TimelineEvent>()
  const tiers = [events.filter(e => e.kind === 'fault' || e.kind === 'mark'), events.filter(e => e.kind === 'op' && e.ok === false), events]
  for (const tier of tiers) {
    const rest = tier.filter(e => !kept.has(e))
    const room = Math.min(max - kept.size, rest.length)
    for (let i = 0; i < room; i++) kept.add(rest[Math.floor((i * rest.length) / room)]!)
  }
  return events.filter(e => kept.has(e))
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function readHead(path: string, maxBytes: number): string {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0) return ''
  const buffer = Buffer.alloc(Math.min(size, maxBytes))
  const fd = openSync(path, 'r')
  try {
    let read = 0
    for (let n = -1; read < buffer.length && n !== 0; read += n) n = readSync(fd, buffer, read, buffer.length - read, read)
    return buffer.toString('utf8', 0, read)
  } finally {
    closeSync(fd)
  }
}
