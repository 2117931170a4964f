import { expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import { KpiFailure, LearnerFault } from './outcomes.ts'

const failure = async (run: Promise<unknown>): Promise<KpiFailure> => {
  const error = await run.then(
    () => undefined,
    thrown => thrown,
  )
  expect(error).toBeInstanceOf(KpiFailure)
  return error as KpiFailure
}

test('returns what the check returned once it holds', async () => {
  let looks = 0
  expect(await eventually('three looks', () => ++looks >= 3 && `after ${looks}`, { every: 1 })).toBe('after 3')
})

test('at the deadline it says what was seen last', async () => {
  const { feedback } = await failure(eventually('the queue is empty', () => expect(7, 'jobs left').toBe(0), { within: 30, every: 5 }))
  expect(feedback).toMatchObject({ subject: 'the queue is empty', expected: '0, within 30 ms', saw: '7' })
})

test('looks once more after the deadline has passed during a slow look', async () => {
  let looks = 0
  await failure(eventually('never', () => void looks++, { within: 0 }))
  expect(looks).toBe(1)
})

test("a learner's fault ends the waiting at once", async () => {
  const fault = new LearnerFault({ saw: 'server-1 exited with code 1' })
  await expect(eventually('ready', () => Promise.reject(fault), { within: 60_000 })).rejects.toBe(fault)
})
