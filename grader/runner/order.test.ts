import { expect, test } from 'vitest'
import type { KpiSpec } from '../course/types.ts'
import { runOrder } from './order.ts'

const kpi = (id: string, ...after: string[]): KpiSpec => ({
  id,
  after,
  claim: id,
  source: '',
  points: 1,
  bonus: false,
  needs: [],
  deadline: 20,
  mutants: [],
  hints: [],
  starter: 'fail',
})
const ids = (kpis: KpiSpec[]) => kpis.map(spec => spec.id).join(' ')

test('a KPI comes after those it waits for, else the manifest decides', () => {
  expect(ids(runOrder([kpi('c', 'a'), kpi('b'), kpi('a')]))).toBe('b a c')
})

test('what failed last time comes first, also before the passed KPI it waits for', () => {
  expect(ids(runOrder([kpi('a'), kpi('b', 'a'), kpi('c', 'b')], new Set(['a'])))).toBe('b c a')
})

test('a wait for a KPI that is not run does not hold', () => {
  expect(ids(runOrder([kpi('b', 'a')]))).toBe('b')
})

test('a cycle is our error, named', () => {
  expect(() => runOrder([kpi('a', 'b'), kpi('b', 'a')])).toThrow('a, b')
})
