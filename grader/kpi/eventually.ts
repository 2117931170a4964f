import { setTimeout as delay } from 'node:timers/promises'
import { describe } from './describe.ts'
import { EnvironmentFault, Inconclusive, KpiFailure, LearnerFault } from './outcomes.ts'

/**
 * Wait until a condition holds, by asking again and again. No sleep, no retry of an action: `check` must only look.
 * @param what what is awaited, in the learner's words; becomes the failure's subject
 * @param check holds when it returns something other than false, null or undefined without throwing
 * @param options within: milliseconds until it is a failure (default 5,000); every: milliseconds between looks (default 20)
 * @returns what `check` returned
 * @throws KpiFailure at the deadline, with what was seen last; a LearnerFault, EnvironmentFault or Inconclusive of `check` at once
 */
export async function eventually<T>(
  what: string,
  check: () => T | Promise<T>,
  options: { within?: number; every?: number } = {},
): Promise<NonNullable<T>> {
  const within = options.within ?? 5000
  const deadline = performance.now() + within
  let last: unknown
  for (;;) {
    try {
      const value = await check()
      if (value !== false && value !== null && value !== undefined) return value as NonNullable<T>
      last = undefined
    } catch (error) {
      if (error instanceof LearnerFault || error instanceof EnvironmentFault || error instanceof Inconclusive) throw error
      last = error
    }
    if (performance.now() >= deadline) break
    await delay(options.every ?? 20)
  }
  const seen = last === undefined ? undefined : last instanceof KpiFailure ? last.feedback : describe(last)
  throw new KpiFailure({
    subject: what,
    expected: [seen?.expected, `within ${within >= 1000 ? `${within / 1000} s` : `${within} ms`}`].filter(Boolean).join(', '),
    saw: seen?.saw ?? 'it had not happened by then',
    ...(last instanceof KpiFailure && last.feedback.details ? { details: last.feedback.details } : {}),
  })
}
