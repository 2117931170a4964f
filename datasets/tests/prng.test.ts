import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fnv1a32, Random, randomStream, splitmix64 } from '../prng.ts'

test('xoshiro128** gives the published outputs for the state 1, 2, 3, 4', () => {
  const random = new Random(1, 2, 3, 4)
  const expected = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804]
  expect(expected.map(() => random.next())).toEqual(expected)
})

test('SplitMix64 gives the published outputs for the seed 1234567', () => {
  const next = splitmix64(1234567n)
  const expected = [6457827717110365317n, 3203168211198807973n, 9817491932198370423n, 4593380528125082431n, 16408922859458223821n]
  expect(expected.map(() => next())).toEqual(expected)
})

test('FNV-1a gives the published hashes', () => {
  expect([fnv1a32(''), fnv1a32('a'), fnv1a32('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968])
})

test('streams of one seed, and the same stream of two seeds, differ', () => {
  const first = (seed: number, name: string): string => randomStream(seed, name).uuid()
  expect(new Set([first(7, 'a'), first(7, 'b'), first(8, 'a'), first(0, 'a'), first(4_294_967_295, 'a')]).size).toBe(5)
  expect(first(7, 'a')).toBe(first(7, 'a'))
})

test('below is uniform: no value of a small range is favoured', () => {
  const random = randomStream(1, 'uniform')
  const counts = new Array<number>(7).fill(0)
  for (let i = 0; i < 70_000; i++) counts[random.below(7)]!++
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
  expect(chiSquare).toBeLessThan(22.46) // 6 degrees of freedom, 0.1 %
})

test('between stays within its ends', () => {
  const ends = fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.nat(1e6), fc.nat())
  fc.assert(
    fc.property(ends, ([low, width, seed]) => {
      const drawn = randomStream(seed, 'between').between(low, low + width)
      return drawn >= low && drawn <= low + width
    }),
  )
})

test('an all-zero state is refused', () => {
  expect(() => new Random(0, 0, 0, 0)).toThrow(RangeError)
})
