import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withCurrent } from '../../kpi/current.ts'
import { Inconclusive, type KpiFailure } from '../../kpi/outcomes.ts'
import { draw } from './draw.ts'
import { judgePredictions } from './judge.ts'
import { type FakeBench, POOL, TRUTH } from './testing-pool.ts'
import type { Answer, Pool } from './types.ts'

let evidence: string
beforeEach(() => (evidence = mkdtempSync(join(tmpdir(), 'predictions-'))))
afterEach(() => rmSync(evidence, { recursive: true }))

const shown = (answer: Answer) => (answer === true ? 'yes' : answer === false ? 'no' : String(answer))
const sheet = (answers: Record<string, Answer>) =>
  `predictions:\n${Object.entries(answers)
    .map(([id, answer]) => `  ${id}: ${shown(answer)}\n`)
    .join('')}`

async function judge(answers: Record<string, Answer>, options: { set?: number; bench?: FakeBench; pool?: Pool<FakeBench> } = {}) {
  const { set = 3, bench = { truth: TRUTH, performed: [] }, pool = POOL } = options
  const record = { id: 'predicted', did: [] as string[], facts: [] }
  const predictions = { set, spent: [], lab: '1.1', evidence, pools: async () => [POOL as Pool] }
  const failure = await withCurrent(record, () =>
    judgePredictions(pool, async () => bench, { predictions, read: async () => sheet(answers) }),
  ).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { failure: failure as KpiFailure | undefined, bench, did: record.did }
}

test('an answer key for the whole pool passes any set, and each drawn experiment is performed once', async () => {
  for (let set = 0; set < 40; set++) {
    const { failure, bench } = await judge(TRUTH, { set })
    expect(failure).toBeUndefined()
    expect(bench.performed).toEqual(draw(POOL, { set, spent: [] }).map(({ id }) => id))
  }
})

test.each([true, false])('always %s does not pass, whatever is drawn', async constant => {
  for (let set = 0; set < 40; set++) {
    const answers = Object.fromEntries(Object.keys(TRUTH).map(id => [id, id.startsWith('count') ? 100 : constant]))
    expect((await judge(answers, { set })).failure).toBeDefined()
  }
})

test('a wrong prediction shows its experiment, its line and what to do next; a number is right within its tolerance', async () => {
  const drawn = draw(POOL, { set: 3, spent: [] })
  const wrong = drawn.find(({ id }) => id.startsWith('kept'))!.id
  const near = drawn.find(({ id }) => id.startsWith('count'))!.id
  const { failure, did } = await judge({ ...TRUTH, [wrong]: false, [near]: Number(TRUTH[near]) * 1.09 })
  const { subject, expected, saw, details, because } = failure!.feedback
  expect(did).toEqual(['I performed the experiments of your 4 questions; 3 went as you predicted.'])
  expect(subject).toMatch(new RegExp(`^${wrong} \\(predictions\\.yaml:\\d+\\): What does kept number`))
  expect([expected, saw]).toEqual(['no, as you predicted', 'yes'])
  expect(details!.join('\n')).toContain(`$ try ${wrong.replace('-', ' ')}\n    it said true`)
  expect(because).toContain('pnpm predict lab-1.1')
  const kept = JSON.parse(readFileSync(join(evidence, 'predictions.json'), 'utf8')) as { id: string; right: boolean }[]
  expect(kept.filter(({ right }) => !right).map(({ id }) => id)).toEqual([wrong])
  expect((await judge({ ...TRUTH, [near]: Number(TRUTH[near]) * 1.11 })).failure).toBeDefined()
})

test('what happens decides, not the key: another world, other verdicts', async () => {
  const upside = Object.fromEntries(Object.entries(TRUTH).map(([id, answer]) => [id, typeof answer === 'boolean' ? !answer : answer]))
  expect((await judge(TRUTH, { bench: { truth: upside, performed: [] } })).failure!.feedback.saw).toMatch(/yes|no/)
})

test('an experiment that decides nothing is no failure of the learner', async () => {
  const pool: Pool<FakeBench> = {
    ...POOL,
    groups: POOL.groups.map(group => ({
      ...group,
      questions: group.questions.map(question => ({
        ...question,
        experiment: async () => {
          throw new Inconclusive('the engine was busy')
        },
      })),
    })),
  }
  expect((await judge(TRUTH, { pool })).failure).toBeInstanceOf(Inconclusive)
})
