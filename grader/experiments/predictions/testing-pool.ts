/** A small pool with a clockwork bench, for tests. */
import type { Answer, Group, Kind, Pool } from './types.ts'

/** Performs nothing: answers as the map says, and counts. */
export interface FakeBench {
  truth: Record<string, Answer>
  performed: string[]
}

/** A group of questions named `<prefix>-0` … */
export const groupOf = (prefix: string, count: number, kind: Kind, take = 1): Group<FakeBench> => ({
  about: prefix,
  kind,
  take,
  questions: Array.from({ length: count }, (_, n) => ({
    id: `${prefix}-${n}`,
    ask: `What does ${prefix} number ${n} do?`,
    experiment: async (bench, record) => {
      bench.performed.push(`${prefix}-${n}`)
      record.ran(`try ${prefix} ${n}`, `it said ${String(bench.truth[`${prefix}-${n}`])}`)
      return bench.truth[`${prefix}-${n}`]!
    },
  })),
})

/** Two groups of yes/no, whose answers differ, and one of numbers. */
export const POOL: Pool<FakeBench> = {
  kpi: 'predicted',
  groups: [
    groupOf('kept', 8, { type: 'yes-no' }, 2),
    groupOf('lost', 8, { type: 'yes-no' }),
    groupOf('count', 4, { type: 'number', unit: 'rows', within: 0.1 }),
  ],
}

/** What happens in POOL's experiments. */
export const TRUTH: Record<string, Answer> = Object.fromEntries(
  POOL.groups.flatMap(({ about, questions }) => questions.map(({ id }, n) => [id, about === 'count' ? 100 * (n + 1) : about === 'kept'])),
)
