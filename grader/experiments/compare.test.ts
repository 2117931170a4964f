import { describe, expect, test } from 'vitest'
import { compare, medianInterval, verdictOn } from './compare.ts'

describe('medianInterval', () => {
  test('covers as the binomial says', () => {
    expect(medianInterval([1, 2, 3, 4, 5, 6])).toEqual({ low: 1, high: 6, confidence: 1 - 2 / 64 })
    const eleven = medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect([eleven.low, eleven.high]).toEqual([2, 10])
    expect(eleven.confidence).toBeCloseTo(1 - (2 * 12) / 2048, 10)
  })
})

describe('compare', () => {
  test('drift that hits both leaves the ratio alone', async () => {
    let machine = 1
    const slower = (speed: number) => async () => {
      machine *= 0.93
      return speed * machine
    }
    const so = await compare(slower(200), slower(100), { rounds: 11 })
    expect(so.median).toBeGreaterThan(1.8)
    expect(so.median).toBeLessThan(2.2)
    expect(verdictOn(so, 1.5)).toBe('reached')
    expect(verdictOn(so, 2.5)).toBe('missed')
  })

  test('equal programs with noise are undecided at 1, not reached and not missed', async () => {
    const noise = [
      0.9, 1.1, 1.05, 0.95, 1.2, 0.8, 1, 1.15, 0.85, 1.02, 0.98, 1.1, 0.9, 1.07, 0.93, 1, 1.12, 0.9, 1.03, 0.99, 1.01, 0.97, 1.08, 0.94,
    ]
    let i = 0
    const noisy = async () => 100 * noise[i++ % noise.length]!
    expect(verdictOn(await compare(noisy, noisy, { rounds: 11 }), 1)).toBe('undecided')
  })

  test('stops early when decided', async () => {
    const so = await compare(
      async () => 300,
      async () => 100,
      { rounds: 50, enough: c => c.low > 1.5 },
    )
    expect(so.pairs).toHaveLength(6)
  })
})
