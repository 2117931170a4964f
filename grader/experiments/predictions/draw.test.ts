import { expect, test } from 'vitest'
import { draw } from './draw.ts'
import { POOL } from './testing-pool.ts'

const ids = (set: number, spent: string[] = []) => draw(POOL, { set, spent }).map(({ id }) => id)

test('a set has as many questions of each group as are to be taken, none twice, always the same', () => {
  for (let set = 0; set < 500; set++) {
    const drawn = ids(set)
    expect(new Set(drawn).size).toBe(4)
    expect(drawn.filter(id => id.startsWith('kept'))).toHaveLength(2)
    expect(ids(set)).toEqual(drawn)
  }
})

test('sets that follow each other ask everything', () => {
  expect(new Set(Array.from({ length: 8 }, (_, n) => ids(8 + n)).flat()).size).toBe(20)
})

test('learners get different questions', () => {
  expect(
    new Set(
      Array.from({ length: 200 }, (_, n) =>
        ids(n * 37)
          .sort()
          .join(),
      ),
    ).size,
  ).toBeGreaterThan(50)
})

test('a spent question is replaced by another of its group, the others stay; when all are spent, the oldest comes back', () => {
  const before = ids(7)
  const spent = before.find(id => id.startsWith('lost'))!
  const after = ids(7, [spent])
  expect(after).not.toContain(spent)
  expect(after.filter(id => before.includes(id))).toHaveLength(3)
  const all = [2, 0, 3, 1, 7, 6, 5, 4].map(n => `lost-${n}`)
  expect(ids(7, all).filter(id => id.startsWith('lost'))).toEqual(['lost-2'])
})
