import { expect, describe as group, test } from 'vitest'
import { describe, show } from './describe.ts'

const caught = (run: () => void): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

group('an assertion becomes what a learner reads', () => {
  const cases: [string, () => void, { subject?: string; expected?: string; saw?: string }][] = [
    ['toBe', () => expect(503, 'requests let through').toBe(500), { subject: 'requests let through', expected: '500', saw: '503' }],
    [
      'toEqual on lists',
      () => expect(['allow', 'deny'], 'replies').toEqual(['allow', 'allow']),
      { subject: 'replies', expected: 'allow allow', saw: 'allow deny' },
    ],
    [
      'toBeGreaterThanOrEqual',
      () => expect(3, 'ratio').toBeGreaterThanOrEqual(5),
      { subject: 'ratio', expected: 'greater than or equal to 5', saw: '3' },
    ],
    ['toMatch', () => expect('abc', 'the log line').toMatch(/x/), { subject: 'the log line', expected: 'match /x/', saw: 'abc' }],
    ['toBeUndefined', () => expect(1, 'the key').toBeUndefined(), { subject: 'the key', expected: 'undefined', saw: '1' }],
    ['a subject with a colon', () => expect(1, 'tenant acme: tokens').toBe(2), { subject: 'tenant acme: tokens', expected: '2', saw: '1' }],
    ['no message', () => expect(1).toBe(2), { expected: '2', saw: '1' }],
  ]
  test.each(cases)('%s', (_name, run, wanted) => {
    expect(describe(caught(run))).toEqual(wanted)
  })

  test('any other error is what was seen', () => {
    expect(describe(new Error('connect ECONNREFUSED'))).toEqual({ saw: 'connect ECONNREFUSED' })
  })
})

test('values are shown as text, lists with spaces', () => {
  expect(show('')).toBe('(empty)')
  expect(show(['allow', 'deny', 2])).toBe('allow deny 2')
  expect(show({ a: 1 })).toBe('{ a: 1 }')
})
