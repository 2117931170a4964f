/** Holds a pool to what makes it fair: large enough, and no constant answer gets through, whatever is drawn. */
import { agrees, answerOf, inWords } from './answers.ts'
import type { Answer, Group, Kind, Pool } from './types.ts'

/** The pool is at least so many times as large as what a learner is asked; in each group, so that a wrong answer has successors. */
const TIMES = 4
/** Largest share of the questions of one kind that may have the same answer. */
const DOMINANT = 0.6

/** A way to answer without thinking: the same for every question of a kind. */
interface Constant {
  name: string
  hits(kind: Kind, right: Answer): boolean
}

/**
 * Everything that is wrong with the pools of a lab, a line each.
 * @param key the right answer of every question, as the solution's predictions.yaml has them
 */
export function poolProblems(pools: readonly Pool[], key: ReadonlyMap<string, unknown>): string[] {
  const ids = pools.flatMap(pool => pool.groups.flatMap(group => group.questions.map(({ id }) => id)))
  const twice = [...new Set(ids.filter((id, n) => ids.indexOf(id) < n))]
  return [
    ...twice.map(id => `two questions have the id "${id}"`),
    ...[...key.keys()].filter(id => !ids.includes(id)).map(id => `the solution answers "${id}", which is no question`),
    ...pools.flatMap(pool => onePool(pool, key)),
  ]
}

function onePool(pool: Pool, key: ReadonlyMap<string, unknown>): string[] {
  const problems: string[] = []
  const right = new Map<string, Answer>()
  for (const { about, kind, take, questions } of pool.groups) {
    if (take < 1) problems.push(`${pool.kpi}: the group "${about}" asks nothing`)
    if (questions.length < take * TIMES)
      problems.push(`${pool.kpi}: the group "${about}" has ${questions.length} questions for ${take} asked; ${take * TIMES} are wanted`)
    for (const { id, ask } of questions) {
      const answer = answerOf(kind, key.get(id))
      if (answer === undefined) problems.push(`${pool.kpi}: the solution does not answer "${id}" (${JSON.stringify(key.get(id))})`)
      else right.set(id, answer)
      if (!ask.trim().endsWith('?')) problems.push(`${pool.kpi}: "${id}" does not end as a question`)
    }
  }
  return problems.length > 0 ? problems : [...dominated(pool, right), ...beaten(pool, right)]
}

/** The best that constant answers can do: of each kind the constant that scores most, in the draw that suits it best. */
function beaten(pool: Pool, right: ReadonlyMap<string, Answer>): string[] {
  const asked = pool.groups.reduce((sum, { take }) => sum + take, 0)
  const best = kindsOf(pool).map(groups =>
    constantsOf(groups, right)
      .map(constant => ({
        name: constant.name,
        score: groups.reduce(
          (sum, g) => sum + Math.min(g.take, g.questions.filter(q => constant.hits(g.kind, right.get(q.id)!)).length),
          0,
        ),
      }))
      .reduce((a, b) => (b.score > a.score ? b : a)),
  )
  const score = best.reduce((sum, each) => sum + each.score, 0)
  if (score < asked) return []
  return [
    `${pool.kpi}: there is a draw in which constant answers (${best.map(({ name }) => name).join('; ')}) are right ${score} of ${asked} times`,
  ]
}

function dominated(pool: Pool, right: ReadonlyMap<string, Answer>): string[] {
  return kindsOf(pool).flatMap(groups => {
    const all = groups.flatMap(group => group.questions.map(({ id }) => ({ kind: group.kind, answer: right.get(id)! })))
    return constantsOf(groups, right).flatMap(constant => {
      const count = all.filter(({ kind, answer }) => constant.hits(kind, answer)).length
      return count > all.length * DOMINANT
        ? [`${pool.kpi}: one answer dominates: ${constant.name} is right for ${count} of ${all.length} questions`]
        : []
    })
  })
}

/** The groups of a pool by the type of their answers: a constant strategy has one answer for each type. */
const kindsOf = (pool: Pool): Group[][] => [...Map.groupBy(pool.groups, ({ kind }) => kind.type).values()]

function constantsOf(groups: readonly Group[], right: ReadonlyMap<string, Answer>): Constant[] {
  const answers = new Set(groups.flatMap(group => group.questions.map(({ id }) => right.get(id)!)))
  const values = [...answers].map(
    (value): Constant => ({
      name: `always ${inWords(groups[0]!.kind, value)}`,
      hits: (kind, answer) => agrees(kind, value, answer),
    }),
  )
  const longest = Math.max(0, ...groups.map(({ kind }) => (kind.type === 'choice' ? kind.options.length : 0)))
  const positions = Array.from(
    { length: longest },
    (_, n): Constant => ({ name: `always option ${n + 1}`, hits: (kind, answer) => kind.type === 'choice' && kind.options[n] === answer }),
  )
  return [...values, ...positions]
}
