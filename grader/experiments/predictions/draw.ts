import { random } from '../../kpi/random.ts'
import type { Drawn, Pool, QuestionSet } from './types.ts'

/**
 * The questions of a set. The same set gives the same questions on every machine; sets that follow each other take the next questions of each
 * group, so that `size / take` runs of the gate ask everything. A spent question is replaced by the next of its group; when all are spent,
 * those spent first come back.
 * @returns in an order that does not show the groups
 */
export function draw<Bench>(pool: Pool<Bench>, { set, spent }: QuestionSet): Drawn<Bench>[] {
  const drawn = pool.groups.flatMap(({ about, kind, take, questions }) => {
    const block = Math.floor(set / questions.length)
    const order = random(block, `${pool.kpi}/${about}`).shuffle(questions)
    const start = ((set % questions.length) * take) % questions.length
    const mine = [...order.slice(start), ...order.slice(0, start)]
    const fresh = mine.filter(({ id }) => !spent.includes(id))
    const again = mine.filter(({ id }) => spent.includes(id)).sort((a, b) => spent.indexOf(a.id) - spent.indexOf(b.id))
    return [...fresh, ...again].slice(0, take).map(question => ({ ...question, kind }))
  })
  return random(set, `${pool.kpi}#order`).shuffle(drawn)
}
