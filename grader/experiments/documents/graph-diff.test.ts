import { expect, test } from 'vitest'
import type { KpiFailure } from '../../kpi/outcomes.ts'
import { parseFlowchart } from './flowchart.ts'
import { diffGraph, expectSameGraph } from './graph-diff.ts'

const drawn = (text: string) => parseFlowchart('N.md', `flowchart LR\n${text}`)
const running = {
  nodes: ['app', 'db', 'cache'],
  edges: [
    { from: 'app', to: 'db' },
    { from: 'app', to: 'cache', because: 'TCP to 6379' },
  ],
}
const same = { missingNodes: [], inventedNodes: [], missingEdges: [], inventedEdges: [] }

test.each([
  'app --> db\napp --> cache',
  'app --> db & cache',
  'a[app] --> b[(db: PostgreSQL)] \na --> c["Cache"]',
  'App["the app"] --> DB & cache',
])('%s is the running graph', text => expect(diffGraph(drawn(text), running)).toEqual(same))

test('what is missing and what is invented is named, with lines', () => {
  expect(diffGraph(drawn('app --> db\ndb --> app\nqueue --> app'), running)).toEqual({
    missingNodes: ['cache'],
    inventedNodes: ['queue (N.md:4)'],
    missingEdges: ['app → cache (TCP to 6379)'],
    inventedEdges: ['db → app (N.md:3)'],
  })
})

test('without directions an edge may be drawn either way', () => {
  expect(diffGraph(drawn('db --- app\ncache --> app'), running, { directed: false })).toEqual(same)
  expect(diffGraph(drawn('db --> app\napp --> cache'), running).missingEdges).toEqual(['app → db'])
})

test('what may be drawn though it does not run', () => {
  expect(diffGraph(drawn('browser --> app --> db & cache'), running, { mayDraw: ['browser'] })).toEqual(same)
  expect(diffGraph(drawn('browser --> app --> db & cache'), running).inventedNodes).toEqual(['browser (N.md:2)'])
})

test('a difference ends the KPI with every name; none passes', () => {
  expectSameGraph(drawn('app --> db & cache'), running)
  let failure: KpiFailure | undefined
  try {
    expectSameGraph(drawn('app --> db'), running)
  } catch (error) {
    failure = error as KpiFailure
  }
  expect(failure!.feedback).toMatchObject({
    saw: '2 differences',
    details: ['runs, but is not drawn: cache', 'is there, but is not drawn: app → cache (TCP to 6379)'],
  })
})
