import { describe, expect, test } from 'vitest'
import { poolProblems } from './check.ts'
import { draw } from './draw.ts'
import { groupOf, POOL, TRUTH } from './testing-pool.ts'
import type { Answer, Pool } from './types.ts'

const key = new Map<string, unknown>(Object.entries(TRUTH))
const withGroups = (...groups: Pool['groups']): Pool => ({ kpi: 'predicted', groups })
const keyOf = (pool: Pool, right: (id: string, n: number) => Answer) =>
  new Map<string, unknown>(pool.groups.flatMap(g => g.questions.map(({ id }, n) => [id, right(id, n)] as const)))

test('a fair pool has no problems', () => expect(poolProblems([POOL as Pool], key)).toEqual([]))

describe('refused', () => {
  const yesNo = withGroups(groupOf('a', 8, { type: 'yes-no' }, 2) as never)
  const choice = withGroups(
    groupOf('a', 4, { type: 'choice', options: ['x', 'y'] }) as never,
    groupOf('b', 4, { type: 'choice', options: ['y', 'x'] }) as never,
  )
  test.each<[string, Pool, Map<string, unknown>, RegExp]>([
    ['one answer dominates', yesNo, keyOf(yesNo, (_, n) => n > 0), /one answer dominates: always yes is right for 7 of 8/],
    [
      'evenly split, but there is a draw of equal answers',
      yesNo,
      keyOf(yesNo, (_, n) => n % 2 === 0),
      /there is a draw in which constant answers \(always yes\) are right 2 of 2 times/,
    ],
    ['the first option, whatever it says', choice, keyOf(choice, id => (id.startsWith('a') ? 'x' : 'y')), /always option 1/],
    ['too few questions', withGroups(groupOf('a', 3, { type: 'yes-no' }) as never), new Map(), /has 3 questions for 1 asked; 4 are wanted/],
    ['a key with a hole', POOL as Pool, new Map([...key].filter(([id]) => id !== 'lost-2')), /does not answer "lost-2"/],
    ['a key of the wrong kind', POOL as Pool, new Map([...key, ['lost-2', 'perhaps']]), /does not answer "lost-2" \("perhaps"\)/],
    ['a key to a question that is none', POOL as Pool, new Map([...key, ['lots-2', true]]), /"lots-2", which is no question/],
    [
      'the same id twice',
      withGroups(...(POOL.groups as never as Pool['groups']), groupOf('lost', 4, { type: 'yes-no' }) as never),
      key,
      /two questions have the id "lost-0"/,
    ],
  ])('%s', (_, pool, answers, problem) => expect(poolProblems([pool], answers).join('\n')).toMatch(problem))
})

test('what is not refused, no constant gets through: every constant, over thousands of draws', () => {
  for (let set = 0; set < 3000; set++)
    for (const flag of [true, false])
      for (const count of [100, 200, 300, 400]) {
        const right = draw(POOL, { set, spent: [] }).filter(({ id, kind }) => TRUTH[id] === (kind.type === 'number' ? count : flag))
        expect(right.length).toBeLessThan(4)
      }
})
