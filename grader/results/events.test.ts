import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appendEvents, readEvents, thin } from './events.ts'
import { manyEvents, sampleEvents } from './samples/events.ts'
import type { TimelineEvent } from './types.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millrace-events-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const op = (at: number, changes: Partial<TimelineEvent> = {}): TimelineEvent => ({
  kpi: 'k',
  lane: 'grader',
  kind: 'op',
  at,
  label: `op ${at}`,
  ...changes,
})

describe('events.ndjson', () => {
  it('gives back what was appended, in order of time', () => {
    const events = sampleEvents()
    expect(appendEvents(dir, events.slice(0, 100))).toBe(0)
    expect(appendEvents(dir, events.slice(100))).toBe(0)
    const read = readEvents(dir)
    expect(read).toMatchObject({ leftOut: 0, damaged: 0 })
    expect(read.events).toEqual(events.toSorted((a, b) => a.at - b.at))
  })

  it('is an empty run when it is missing', () => {
    expect(readEvents(dir)).toEqual({ events: [], leftOut: 0, damaged: 0 })
  })

  it('survives a line cut off by kill -9, and lines that are no event', () => {
    appendEvents(dir, [op(1)])
    appendFileSync(join(dir, 'events.ndjson'), '{"kpi":"k"}\nnull\n{"kpi":"k","lane":"gra')
    expect(readEvents(dir)).toMatchObject({ events: [op(1)], damaged: 3 })
  })

  it('stops at its size and counts what it dropped', () => {
    const events = Array.from({ length: 100 }, (_, i) => op(i))
    const dropped = appendEvents(dir, events, 2_000)
    expect(dropped).toBeGreaterThan(0)
    expect(statSync(join(dir, 'events.ndjson')).size).toBeLessThanOrEqual(2_000)
    expect(readEvents(dir).events).toHaveLength(100 - dropped)
    expect(appendEvents(dir, [op(1)], 2_000), 'full stays full').toBe(1)
  })

  it('cuts huge labels and details, and details that JSON cannot hold', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    appendEvents(dir, [
      op(1, { label: 'x'.repeat(1e6), detail: { body: 'y'.repeat(1e6) } }),
      op(2, { detail: cycle }),
      op(3, { detail: { big: 1n } }),
    ])
    const { events, damaged } = readEvents(dir)
    expect(damaged).toBe(0)
    expect(events[0]!.label.length).toBeLessThan(2_100)
    expect(events.map(event => JSON.stringify(event.detail).length < 100)).toEqual([true, true, true])
    expect(statSync(join(dir, 'events.ndjson')).size).toBeLessThan(5_000)
  })
})

describe('thinning', () => {
  it('keeps every fault, mark and failure while there is room, and spreads the rest over the run', () => {
    const events = manyEvents(20_000)
    const kept = thin(events, 3_000)
    expect(kept).toHaveLength(3_000)
    expect(kept.filter(e => e.kind === 'fault')).toEqual(events.filter(e => e.kind === 'fault'))
    expect(kept.filter(e => e.ok === false)).toEqual(events.filter(e => e.ok === false))
    const quarters = [0, 1, 2, 3].map(q => kept.filter(e => Math.floor(e.at / 1_000) === q).length)
    expect(Math.min(...quarters)).toBeGreaterThan(600)
  })

  it('has room for nothing more than asked, even of faults', () => {
    expect(
      thin(
        Array.from({ length: 50 }, (_, i) => op(i, { kind: 'fault' })),
        7,
      ),
    ).toHaveLength(7)
    expect(thin([op(1)], 7)).toEqual([op(1)])
  })
})
