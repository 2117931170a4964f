import { inspect } from 'node:util'

/** A value as a learner reads it: text as it is, lists of plain values with spaces, the rest compact. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '(empty)' : value
  if (Array.isArray(value) && value.length > 0 && value.every(item => typeof item === 'string' || typeof item === 'number'))
    return value.join(' ')
  return inspect(value, { depth: 4, breakLength: 100, maxArrayLength: 20, maxStringLength: 400 })
}

interface AssertionLike {
  message: string
  expected?: unknown
  actual?: unknown
  operator?: string
}

/** True for what Vitest's `expect` throws. */
export const isAssertion = (error: unknown): error is Error & AssertionLike => error instanceof Error && error.name === 'AssertionError'

/**
 * Turn whatever a check threw into subject, expected and saw. An `expect(value, 'requests let through').toBe(5)` that fails with
 * "requests let through: expected 3 to be 5 // Object.is equality" becomes { subject: 'requests let through', expected: '5', saw: '3' }.
 */
export function describe(error: unknown): { subject?: string; expected?: string; saw?: string } {
  if (!isAssertion(error)) return { saw: error instanceof Error ? error.message : show(error) }
  const text = error.message.split('\n')[0]!.replace(/ \/\/ .*$/, '')
  const parts = /^(?:(.*?): )?expected (.*?) (?:(?:to|not) .*)$/.exec(text)
  const subject = parts?.[1]
  // Behind the subject, which may say "to" itself: "the answer to hello: expected …".
  const claim = subject === undefined ? text : text.slice(subject.length + 2)
  const matcher =
    / ((?:not )?to (?:be|equal|deeply|strictly|have|match|contain|include|throw|satisfy|start|end)\b.*)$/.exec(claim)?.[1] ?? ''
  // Only for equality does "expected" alone say what was wanted; other matchers need their words ("greater than 5").
  const plain = /^to (be|equal|deeply equal|strictly equal)(?! (greater|less|close|in|an? |defined|undefined|null|truthy|falsy))/.test(
    matcher,
  )
  const expected = plain && 'expected' in error ? show(error.expected) : matcher.replace(/^to (be )?/, '').replace(/^not to (be )?/, 'not ')
  const saw = 'actual' in error ? show(error.actual) : (parts?.[2] ?? '')
  return { ...(subject ? { subject } : {}), expected, saw }
}
