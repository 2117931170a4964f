import { expect, test } from 'vitest'
import type { TimelineEvent } from '../results/types.ts'
import { observed, observedClock } from './observed.ts'
import type { Timeline } from './types.ts'

function recorder() {
  const events: Omit<TimelineEvent, 'kpi'>[] = []
  let time = 0
  const timeline: Timeline = {
    now: () => (time += 10),
    add: event => void events.push(event),
    op: (_lane, _label, run) => run(),
    mark: () => {},
  }
  return { events, timeline }
}
const nothing = async () => {}

test('an outage is one fault from kill to start', async () => {
  const { events, timeline } = recorder()
  const service = observed(
    { restart: nothing, pause: nothing, resume: nothing, kill: nothing, start: nothing, url: 'redis://x' },
    'valkey',
    timeline,
  )
  await service.kill()
  expect(events).toEqual([])
  await service.start()
  expect(events).toEqual([{ lane: 'valkey', kind: 'fault', at: 10, until: 20, label: 'killed' }])
  expect(service.url).toBe('redis://x')
})

test('a clock step is a mark with its size', async () => {
  const { events, timeline } = recorder()
  const clock = observedClock(
    { freeze: async () => 0n, advance: async () => 0n, set: async () => 0n, release: nothing, now: async () => 0n },
    'valkey',
    timeline,
  )
  await clock.freeze()
  await clock.advance(400)
  await clock.advance(-5)
  expect(events.map(event => event.label)).toEqual(['clock stopped', 'clock +400 ms', 'clock -5 ms'])
})
