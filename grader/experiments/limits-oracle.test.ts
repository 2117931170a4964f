import { describe, expect, test } from 'vitest'
import { type Limit, limitsOracle } from './limits-oracle.ts'

const T = 1_700_000_000_000_000n
const ms = (n: number) => BigInt(n * 1000)
const bucket = (capacity: number, refillPerSecond: number): Limit => ({ algorithm: 'token-bucket', capacity, refillPerSecond })
const log = (limit: number, windowMs: number): Limit => ({ algorithm: 'sliding-window-log', limit, windowMs })
const counter = (limit: number, windowMs: number): Limit => ({ algorithm: 'sliding-window-counter', limit, windowMs })

describe('token bucket', () => {
  test('gives back rate x time, worked by hand', () => {
    const oracle = limitsOracle()
    for (let i = 0; i < 10; i++) expect(oracle.decide(bucket(10, 5), 1, T).allowed).toBe(true)
    expect(oracle.decide(bucket(10, 5), 1, T)).toEqual({ allowed: false, remaining: 0, retryAfter: ms(200), reset: ms(2000), now: T })
    expect(oracle.decide(bucket(10, 5), 1, T + ms(200) - 1n).retryAfter).toBe(1n)
    expect(oracle.decide(bucket(10, 5), 2, T + ms(400)).allowed).toBe(true)
    expect(oracle.decide(bucket(10, 5), 1, T + ms(400)).allowed).toBe(false)
  })

  test('never holds more than its capacity; a cost above it never fits', () => {
    const oracle = limitsOracle()
    oracle.decide(bucket(3, 1), 3, T)
    expect(oracle.decide(bucket(3, 1), 4, T + ms(3_600_000))).toMatchObject({ allowed: false, remaining: 3, retryAfter: -1n, reset: 0n })
  })

  test('what is spent stays spent when the capacity changes; time does not run twice', () => {
    const oracle = limitsOracle()
    oracle.decide(bucket(10, 1), 8, T)
    expect(oracle.peek(bucket(20, 1), 1, T).remaining).toBe(12)
    expect(oracle.peek(bucket(5, 1), 1, T).retryAfter).toBe(ms(4000))
    expect(oracle.decide(bucket(10, 1), 1, T - ms(5000))).toMatchObject({ now: T, remaining: 1 })
    expect(oracle.peek(bucket(10, 1), 1, T).remaining).toBe(1)
  })
})

test('sliding window log: a unit exactly one window old counts no more', () => {
  const oracle = limitsOracle()
  oracle.decide(log(3, 1000), 2, T)
  oracle.decide(log(3, 1000), 1, T + 5n)
  expect(oracle.decide(log(3, 1000), 1, T + ms(1000) - 1n)).toMatchObject({ allowed: false, retryAfter: 1n })
  expect(oracle.decide(log(3, 1000), 3, T + ms(1000) - 1n).retryAfter).toBe(6n)
  expect(oracle.decide(log(3, 1000), 2, T + ms(1000)).allowed).toBe(true)
  expect(oracle.peek(log(3, 1000), 1, T + ms(1000)).reset).toBe(ms(1000))
})

test('sliding window counter: the last window counts by the part of it still in sight', () => {
  const oracle = limitsOracle()
  const start = (T / ms(1000)) * ms(1000)
  expect(oracle.decide(counter(10, 1000), 8, start + ms(900)).allowed).toBe(true)
  // A quarter into the next window: 8 x 0.75 = 6 of 10 used.
  expect(oracle.peek(counter(10, 1000), 1, start + ms(1250)).remaining).toBe(4)
  expect(oracle.peek(counter(10, 1000), 5, start + ms(1250)).retryAfter).toBe(ms(125))
  expect(oracle.decide(counter(10, 1000), 4, start + ms(1250))).toMatchObject({ allowed: true, reset: ms(1750) })
  expect(oracle.peek(counter(10, 1000), 7, start + ms(1250)).retryAfter).toBe(ms(750 + 250))
})
