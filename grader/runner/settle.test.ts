import { expect, test } from 'vitest'
import type { KpiResult, Verdict } from '../results/types.ts'
import { exitCodeOf, nextCommand, replayCommand, totals } from './settle.ts'

const kpi = (verdict: Verdict, over: Partial<KpiResult> = {}): KpiResult => ({
  id: 'k',
  claim: 'c',
  verdict,
  points: 2,
  bonus: false,
  earned: verdict === 'pass' ? 2 : 0,
  durationMs: 1,
  replay: 'replay',
  ...over,
})

test('exit codes', () => {
  expect(exitCodeOf([kpi('pass'), kpi('not-run', { reason: 'needs-docker' })])).toBe(0)
  expect(exitCodeOf([kpi('pass'), kpi('not-run', { reason: 'filtered' })])).toBe(0)
  expect(exitCodeOf([kpi('pass'), kpi('not-run', { reason: 'locked' })])).toBe(1)
  expect(exitCodeOf([kpi('pass'), kpi('timeout')])).toBe(1)
  expect(exitCodeOf([kpi('inconclusive'), kpi('pass')])).toBe(3)
  expect(exitCodeOf([kpi('inconclusive'), kpi('fail')])).toBe(1)
  expect(exitCodeOf([kpi('environment-error'), kpi('fail')])).toBe(4)
  expect(exitCodeOf([kpi('grader-error'), kpi('environment-error')])).toBe(70)
})

test('bonus points are apart from the score', () => {
  expect(totals([kpi('pass'), kpi('pass', { bonus: true }), kpi('fail')])).toEqual({ earned: 2, points: 4, bonusEarned: 2, bonusPoints: 2 })
})

test('a replay repeats engine, source and seed', () => {
  expect(replayCommand('6.2', 'no-race', 7, 'learner', 'embedded')).toBe('pnpm grade lab-6.2 --kpi no-race --seed 7')
  expect(replayCommand('6.2', 'no-race', 7, 'mutant:local-counter', 'docker')).toBe(
    'pnpm grade lab-6.2 --mutant local-counter --kpi no-race --seed 7 --engine docker',
  )
})

test('the next step for a learner is a hint for the first failure', () => {
  expect(nextCommand({ lab: '6.2', source: 'learner', kpis: [kpi('fail')] }, [{ id: 'k' } as never])).toBe('pnpm hint lab-6.2 k')
  expect(nextCommand({ lab: '6.2', source: 'learner', kpis: [kpi('pass')] }, [])).toBeNull()
})
