import { expect, test } from 'vitest'
import type { CurrentKpi } from './current.ts'
import { DeadlineExceeded, outcomeOf } from './outcome-of.ts'
import { EnvironmentFault, Inconclusive, KpiFailure, LearnerFault } from './outcomes.ts'

const kpi = (over: Partial<CurrentKpi> = {}): CurrentKpi => ({ id: 'no-race', did: ['I sent 10 requests.'], facts: [], ...over })

test('each kind of ending has its verdict; only ours is a grader-error', () => {
  const verdict = (error: unknown) => outcomeOf(error, kpi()).verdict
  expect(verdict(new KpiFailure({ saw: '3' }))).toBe('fail')
  expect(verdict(new LearnerFault({ saw: 'exited' }))).toBe('fail')
  expect(verdict(new DeadlineExceeded(20))).toBe('timeout')
  expect(verdict(new Inconclusive('no fault took effect'))).toBe('inconclusive')
  expect(verdict(new EnvironmentFault('disk full'))).toBe('environment-error')
  expect(verdict(new TypeError('x is not a function'))).toBe('grader-error')
  expect(verdict('a thrown string')).toBe('grader-error')
})

test('an assertion is a failure with its parts, after what was done', () => {
  try {
    expect(3, 'replies').toBe(5)
  } catch (error) {
    expect(outcomeOf(error, kpi()).feedback).toEqual({ did: ['I sent 10 requests.'], subject: 'replies', expected: '5', saw: '3' })
  }
})

test('facts of the fixtures are asked for at the time of the failure and added as details', () => {
  const facts = [() => ['server-2 exited with code 1 during this KPI']]
  expect(outcomeOf(new KpiFailure({ details: ['own'] }), kpi({ facts })).feedback?.details).toEqual([
    'own',
    'server-2 exited with code 1 during this KPI',
  ])
})

test('our own stack is kept apart from what a learner reads', () => {
  const { feedback, stack } = outcomeOf(new TypeError('x is not a function'), kpi())
  expect(stack).toContain('outcome-of.test.ts')
  expect(JSON.stringify(feedback)).not.toContain('outcome-of.test.ts')
})
