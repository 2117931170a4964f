import { describe, expect, it } from 'vitest'
import { manyEvents, sampleEvents } from '../samples/events.ts'
import { mixed } from '../samples/results.ts'
import { encode } from './encode.ts'
// @ts-expect-error the page's parts are plain JavaScript
import { buildLanes, eachVisible, hitTest, placeLanes } from './page/layout.js'
// @ts-expect-error the page's parts are plain JavaScript
import { decode, faultBands, lowerBound, matches, orderLanes, toneOf, troubleIn } from './page/model.js'
// @ts-expect-error the page's parts are plain JavaScript
import { clampView, durationText, panBy, ticksOf, timeText, zoomAt } from './page/scale.js'

interface Event {
  at: number
  end: number
  kind: string
  row: number
  label: string
}
interface Lane {
  name: string
  events: Event[]
  rows: number
  top: number
  height: number
  rowHeight: number
  rowsTop: number
}

const model = decode(encode(mixed, { events: sampleEvents(), leftOut: 0, damaged: 0 }))
const full = { from: 0, to: 1_000 }

describe('time', () => {
  it('zooms around the pointer and stays inside the run', () => {
    const view = zoomAt({ from: 0, to: 1_000 }, 250, 0.5, full)
    expect((250 - view.from) / (view.to - view.from)).toBeCloseTo(0.25)
    expect(view.to - view.from).toBeCloseTo(500)
    expect(zoomAt(view, 250, 1e9, full)).toEqual({ from: -20, to: 1_020 })
    expect(zoomAt(view, 250, 1e-12, full).to - zoomAt(view, 250, 1e-12, full).from).toBeGreaterThanOrEqual(0.05 - 1e-9)
    expect(panBy({ from: 0, to: 100 }, -1e6, full).from).toBe(-20)
    expect(clampView({ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }, full)).toEqual({ from: -20, to: 1_020 })
  })

  it('puts ticks at round times, far enough apart', () => {
    for (const span of [0.05, 1, 7, 130, 4_000, 600_000]) {
      const { step, ticks } = ticksOf({ from: 0.3 * span, to: 1.3 * span }, 900)
      expect(ticks.length).toBeGreaterThan(2)
      expect((step / span) * 900).toBeGreaterThanOrEqual(92)
      expect(String(Number((step / 10 ** Math.floor(Math.log10(step))).toFixed(6)))).toMatch(/^(1|2|5|10)$/)
    }
    expect([timeText(1_234.5, 100), timeText(1_234.5, 1), timeText(1_234.5, 0.01), timeText(3_000, 1_000)]).toEqual([
      '1.2 s',
      '1.234 s',
      '1.23450 s',
      '3 s',
    ])
    expect([0.4, 3.25, 412, 1_234, 61_000].map(durationText)).toEqual(['0.4 ms', '3.3 ms', '412 ms', '1.23 s', '61 s'])
  })
})

describe('events', () => {
  it('look like what happened', () => {
    expect(toneOf('op', true, { status: 200 })).toBe('ok')
    expect(toneOf('op', true, { status: 429 })).toBe('refused')
    expect(toneOf('op', true, { status: 503 })).toBe('failed')
    expect(toneOf('op', false, { status: 200 })).toBe('failed')
    expect(toneOf('op', undefined, null)).toBe('plain')
    expect(toneOf('log', true, { stream: 'stderr' })).toBe('stderr')
    expect(toneOf('fault', undefined, null)).toBe('fault')
  })

  it('stand in lanes: grader, load, programs by number, services, what breaks things, log', () => {
    expect(orderLanes(['log', 'nemesis', 'valkey', 'server-10', 'server-2', 'postgres', 'valkey link', 'gate', 'load', 'grader'])).toEqual([
      'grader',
      'load',
      'server-2',
      'server-10',
      'postgres',
      'valkey',
      'gate',
      'nemesis',
      'valkey link',
      'log',
    ])
  })

  it('belong to chapters, also those of KPIs that left none', () => {
    const byId = Object.fromEntries(model.chapters.map((chapter: { id: string }) => [chapter.id, chapter]))
    expect(byId['no-race']).toMatchObject({ from: 1_000, to: 1_561 })
    expect(byId['window-counter']).toMatchObject({ from: null, count: 0 })
    expect(model.chapters.map((chapter: { id: string }) => chapter.id)).toEqual(mixed.kpis.map(kpi => kpi.id))
  })

  it('are found by every word, in labels, lanes and details', () => {
    const found = (query: string) => model.events.filter((event: Event) => matches(event, query.split(' '))).length
    expect(found('429 server-2')).toBe(37)
    expect(found('econnrefused')).toBeGreaterThan(20)
    expect(found('nothing-like-it')).toBe(0)
  })

  it('lead to the smallest failure of a chapter, to the KPI only when nothing smaller failed', () => {
    const kpi = { kpi: 'a', tone: 'failed', at: 0, end: 100 }
    const op = { kpi: 'a', tone: 'failed', at: 40, end: 42 }
    expect(troubleIn([kpi, { ...op, kpi: 'b' }, op], { id: 'a', from: 0, to: 100 })).toBe(op)
    expect(troubleIn([kpi], { id: 'a', from: 0, to: 100 })).toBe(kpi)
    expect(troubleIn([], { id: 'a', from: null, to: null })).toBeUndefined()
  })

  it('have one band where faults overlap', () => {
    expect(faultBands(model.events)).toEqual([
      { at: 600, end: 960 },
      { at: 1_230, end: 1_452 },
      { at: 2_200, end: 3_250 },
    ])
  })
})

describe('lanes', () => {
  const lanes: Lane[] = buildLanes(model)
  placeLanes(lanes, 94, 500)

  it('let no two operations of a row overlap while there are rows', () => {
    const lane = lanes.find(candidate => candidate.name === 'valkey')!
    for (const a of lane.events)
      for (const b of lane.events)
        if (a !== b && a.row === b.row && a.row >= 0)
          expect(a.end <= b.at || b.end <= a.at || a.at === b.at, `${a.label} / ${b.label}`).toBe(true)
    expect(Math.max(...lanes.map(candidate => candidate.rows))).toBeLessThanOrEqual(8)
  })

  it('stand under each other', () => {
    for (let i = 1; i < lanes.length; i++) expect(lanes[i]!.top).toBe(lanes[i - 1]!.top + lanes[i - 1]!.height)
  })

  it('cull exactly: what is visited is what touches the view', () => {
    const crowded: Lane[] = buildLanes(decode(encode(mixed, { events: manyEvents(5_000), leftOut: 0, damaged: 0 })))
    for (const lane of crowded)
      for (const [from, to] of [
        [-5, 0.1],
        [100, 101],
        [333.3, 640],
        [999, 5_000],
      ] as const) {
        const visited: Event[] = []
        eachVisible(lane, from, to, (event: Event) => visited.push(event))
        expect(visited).toEqual(lane.events.filter(event => event.at <= to && event.end >= from))
      }
  })

  it('find the event under the pointer', () => {
    for (const lane of lanes)
      for (const event of lane.events.filter(candidate => candidate.kind === 'op')) {
        const y = lane.rowsTop + (event.row + 0.5) * lane.rowHeight
        const hit = hitTest(lanes, y, (event.at + event.end) / 2, 0.01)
        expect(hit.row).toBe(event.row)
        expect(hit.at <= (event.at + event.end) / 2 && hit.end >= (event.at + event.end) / 2).toBe(true)
      }
    expect(hitTest(lanes, 10_000, 5, 1)).toBeNull()
  })

  it('finds places in order', () => expect([0, 2, 5, 6].map(at => lowerBound([{ at: 1 }, { at: 5 }, { at: 5 }], at))).toEqual([0, 1, 1, 3]))
})
