import { expect, test } from 'vitest'
import { random } from '../kpi/random.ts'
import type { TimelineEvent } from '../results/types.ts'
import { between, type Fault, runNemesis, schedule } from './nemesis.ts'

const recorder = () => {
  const events: Omit<TimelineEvent, 'kpi'>[] = []
  const began = performance.now()
  return {
    events,
    timeline: {
      now: () => performance.now() - began,
      add: (event: Omit<TimelineEvent, 'kpi'>) => void events.push(event),
      op: async <T>(_l: string, _n: string, run: () => Promise<T>) => run(),
      mark() {},
    },
  }
}
const noted = (log: string[]): Fault[] =>
  ['a', 'b'].map(name =>
    between(
      name,
      () => log.push(`+${name}`),
      () => log.push(`-${name}`),
    ),
  )

test('the same seed plans the same faults', () => {
  const faults = noted([])
  const plan = schedule(random(7, 'n'), faults, { count: 20, gap: [10, 50], lasts: [5, 30] })
  expect(plan).toEqual(schedule(random(7, 'n'), faults, { count: 20, gap: [10, 50], lasts: [5, 30] }))
  expect(plan).not.toEqual(schedule(random(8, 'n'), faults, { count: 20, gap: [10, 50], lasts: [5, 30] }))
  expect(new Set(plan.map(fault => fault.fault)).size).toBe(2)
})

test('every fault is healed, recorded with its times, and counted', async () => {
  const log: string[] = []
  const { events, timeline } = recorder()
  const report = await runNemesis(
    [
      { at: 0, lasts: 30, fault: 'a' },
      { at: 10, lasts: 5, fault: 'b' },
    ],
    noted(log),
    { timeline },
  )
  expect(log).toEqual(['+a', '+b', '-b', '-a'])
  expect(report).toMatchObject({ planned: 2, effective: 2 })
  expect(events.map(event => [event.lane, event.kind, event.label])).toEqual([
    ['nemesis', 'fault', 'b'],
    ['nemesis', 'fault', 'a'],
  ])
  expect(events[1]!.until! - events[1]!.at).toBeGreaterThanOrEqual(25)
})

test('a fault whose target is gone is not counted as effective', async () => {
  const report = await runNemesis([{ at: 0, lasts: 0, fault: 'dead' }], [{ name: 'dead', inject: () => null }])
  expect(report).toEqual({ planned: 1, effective: 0, log: [] })
})

test('an abort heals at once and injects no more', async () => {
  const log: string[] = []
  const abort = new AbortController()
  const began = performance.now()
  const [a, b] = noted(log) as [Fault, Fault]
  const first: Fault = {
    name: a.name,
    inject: () => {
      setImmediate(() => abort.abort())
      return a.inject()
    },
  }
  await runNemesis(
    [
      { at: 0, lasts: 60_000, fault: 'a' },
      { at: 60_000, lasts: 0, fault: 'b' },
    ],
    [first, b],
    { signal: abort.signal },
  )
  expect(log).toEqual(['+a', '-a'])
  expect(performance.now() - began).toBeLessThan(5000)
})
