import { expect, test } from 'vitest'
import { random } from '../kpi/random.ts'
import { arrivals, openLoop } from './load.ts'

test('the same seed gives the same schedule, at the rate asked for', () => {
  const times = arrivals({ rate: 1000, seconds: 10, random: random(7, 'load') })
  expect(times).toEqual(arrivals({ rate: 1000, seconds: 10, random: random(7, 'load') }))
  expect(times.length).toBeGreaterThan(9500)
  expect(times.length).toBeLessThan(10_500)
  expect(arrivals({ rate: 10, seconds: 1, random: random(1), arrivals: 'even' })).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900])
})

test('a server that stalls once cannot hide it: every request due in the stall has its latency', async () => {
  const began = performance.now()
  const stalled = async () => {
    // Serves nothing between 50 and 250 ms, all at once afterwards.
    const at = performance.now() - began
    if (at > 50 && at < 250) await new Promise(resolve => setTimeout(resolve, 250 - at))
  }
  const so = await openLoop(stalled, { rate: 200, seconds: 0.4, random: random(1), arrivals: 'even' })
  const slow = so.replies.filter(reply => reply.latencyMs > 20)
  expect(slow.length).toBeGreaterThan(25)
  expect(so.percentile(99)).toBeGreaterThan(120)
  expect(so.replies).toHaveLength(80)
})

test('failures and shed requests are counted, never dropped in silence', async () => {
  const so = await openLoop(async i => (i % 2 === 0 ? i : Promise.reject(new Error('no'))), {
    rate: 500,
    seconds: 0.1,
    random: random(1),
    arrivals: 'even',
  })
  expect(so.replies.filter(reply => !reply.ok)).toHaveLength(25)
  const full = await openLoop(() => new Promise(resolve => setTimeout(resolve, 150)), {
    rate: 500,
    seconds: 0.1,
    random: random(1),
    arrivals: 'even',
    mostOpen: 10,
  })
  expect(full.replies.length + full.shed).toBe(50)
  expect(full.shed).toBeGreaterThan(0)
})
