import { expect, test } from 'vitest'
import type { Decision } from '../../../labs/6.2-rate-limiter/src/types.ts'
import { coalesce } from '../src/coalesce.ts'

/** A limiter of `left` units of which `back` come back with each call. */
function server(left: number, back = 0) {
  const calls: number[] = []
  const ask = async (cost: number): Promise<Decision> => {
    left += calls.length > 0 ? back : 0
    calls.push(cost)
    const allowed = cost <= left
    if (allowed) left -= cost
    return { allowed, remaining: left, retryAfterMicros: allowed ? 0 : 500, resetMicros: 1000, nowMicros: calls.length * 100 }
  }
  return { ask, calls }
}

const crowd = (count: number, cost: number, ask: (cost: number) => Promise<Decision>) => {
  const together = coalesce()
  return Promise.all(Array.from({ length: count }, () => together('tenant', cost, ask)))
}

test('all that fit pass in one call, and each sees what is left after it', async () => {
  const { ask, calls } = server(10)
  const replies = await crowd(4, 2, ask)
  expect(calls).toEqual([8])
  expect(replies.map(reply => reply.remaining)).toEqual([8, 6, 4, 2])
})

test('of more than fit, exactly those that fit pass; the others share one refusal', async () => {
  const { ask, calls } = server(5)
  const replies = await crowd(20, 2, ask)
  expect(calls).toEqual([40, 4, 2])
  expect(replies.filter(reply => reply.allowed)).toHaveLength(2)
  expect(replies.at(-1)).toMatchObject({ allowed: false, remaining: 1, retryAfterMicros: 500 })
})

test('a quota that comes back meanwhile does not turn it into a queue', async () => {
  const { ask, calls } = server(0, 3)
  const replies = await crowd(100, 1, ask)
  expect(calls).toEqual([100, 1])
  expect(replies.filter(reply => reply.allowed)).toHaveLength(1)
  expect(replies.at(-1)).toMatchObject({ allowed: false, retryAfterMicros: 100 })
})

test('a single refused request costs one call; a call costs 1,000 at most', async () => {
  const one = server(0)
  expect((await crowd(1, 1, one.ask))[0]).toMatchObject({ allowed: false, retryAfterMicros: 500 })
  expect(one.calls).toEqual([1])
  const many = server(1_000_000)
  await crowd(250, 10, many.ask)
  expect(Math.max(...many.calls)).toBe(1000)
})

test('a failure fails those who wait, and the next ones are asked about anew', async () => {
  const together = coalesce()
  const broken = () => Promise.reject(new Error('gone'))
  const results = await Promise.allSettled([together('t', 1, broken), together('t', 1, broken)])
  expect(results.map(result => result.status)).toEqual(['rejected', 'rejected'])
  expect((await together('t', 1, server(1).ask)).allowed).toBe(true)
})
