import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { manyEvents, sampleEvents } from '../samples/events.ts'
import { mixed, passed } from '../samples/results.ts'
import type { TimelineEvent } from '../types.ts'
import { encode } from './encode.ts'
import { renderTimeline } from './index.ts'

const page = renderTimeline(mixed, sampleEvents())
const inside = (html: string, tag: string): string[] =>
  [...html.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, 'g'))].map(match => match[1]!)
const dataOf = (html: string) => JSON.parse(inside(html, 'script')[0]!)
const sha = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

describe('the page', () => {
  it('is one file that can load nothing', () => {
    const csp = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!
    expect(csp).toContain("default-src 'none'")
    expect(csp).toContain(`script-src ${sha(inside(page, 'script')[1]!)}`)
    expect(csp).toContain(`style-src ${sha(inside(page, 'style')[0]!)}`)
    const own = page.replace(inside(page, 'script')[0]!, '')
    expect(own).not.toMatch(/\b(?:src|href)=|https?:|@import|url\(|\bfetch\(|XMLHttpRequest|importScripts/)
  })

  it('leaves no placeholder and no module syntax', () => {
    const script = inside(page, 'script')[1]!
    expect(page.replace(inside(page, 'script')[0]!, '')).not.toMatch(/__[A-Z]+__/)
    expect(() => new Script(script)).not.toThrow()
  })

  it('gives text of a learner no way out of the data', () => {
    const evil = '</script><script>alert(1)</script><!-- <script> \u2028 __JS__ $& $1 {{CSS}}'
    const events: TimelineEvent[] = [{ kpi: evil, lane: evil, kind: 'log', at: 1, label: evil, detail: { [evil]: evil } }]
    const html = renderTimeline({ ...mixed, title: evil }, events)
    expect(inside(html, 'script')).toHaveLength(2)
    expect(html.match(/<script/g)).toHaveLength(2)
    const data = dataOf(html)
    expect([data.results.title, data.lanes[0], data.events[0][5], data.events[0][7]]).toEqual([evil, evil, evil, { [evil]: evil }])
  })

  it('holds all events of an ordinary run', () => {
    const { events, lanes, kpis, notes } = dataOf(page)
    expect(events).toHaveLength(sampleEvents().length)
    expect(new Set(lanes)).toEqual(new Set(sampleEvents().map(event => event.lane)))
    expect(new Set(kpis)).toEqual(new Set(sampleEvents().map(event => event.kpi)))
    expect(notes).toEqual([])
  })

  it('holds a run without events', () => expect(dataOf(renderTimeline(passed, [])).events).toEqual([]))
})

describe('the limits', () => {
  it('shows 50,000 events and says what it leaves out', () => {
    const data = encode(mixed, { events: manyEvents(60_000), leftOut: 500, damaged: 2 })
    expect(data.events).toHaveLength(50_000)
    expect(data.notes).toEqual([
      '10,500 operations and log lines are not shown; all are in events.ndjson.',
      '2 lines of events.ndjson could not be read.',
    ])
  })

  it('leaves out details that would make the page heavy, and says so', () => {
    const events = Array.from(
      { length: 40 },
      (_, i): TimelineEvent => ({ kpi: 'k', lane: 'l', kind: 'op', at: i, label: 'x', detail: { body: 'y'.repeat(1_000_000) } }),
    )
    const data = encode(mixed, { events, leftOut: 0, damaged: 0 })
    expect(JSON.stringify(data).length).toBeLessThan(25_000_000)
    expect(data.notes[0]).toMatch(/The details of 1\d events are not shown/)
  })

  it('puts damaged times right', () => {
    const events: TimelineEvent[] = [
      { kpi: 'k', lane: 'l', kind: 'op', at: -5, until: Number.NaN, label: 'x' },
      { kpi: 'k', lane: 'l', kind: 'op', at: 9, until: 3, label: 'ends before it starts' },
    ]
    expect(encode(mixed, { events, leftOut: 0, damaged: 0 }).events.map(event => [event[3], event[4]])).toEqual([
      [0, 0],
      [9, 9],
    ])
  })
})
