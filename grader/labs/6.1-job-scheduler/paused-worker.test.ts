import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { job, leads, options, reaches, start, submit } from './support/cluster.ts'
import { type Call, startSink } from './support/sink.ts'
import { freeze, SECOND, words } from './support/time.ts'

const LEASE = 30_000

kpi('paused-worker', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const env = { LEASE_MS: String(LEASE), CONCURRENCY: '1' }
  const { master, workers } = await start({ learner, valkey }, { workers: 2, env })
  await leads(master)
  const byName = (name: string) =>
    workers.find(one => one.name === name) ?? fail({ subject: 'worker in the call', expected: 'its NAME', saw: name })
  const grows = (before: Call, after: Call, what: string) => {
    if (after.token <= before.token)
      fail({ subject: `the fencing token of ${what}`, expected: `more than ${before.token}, the one before`, saw: String(after.token) })
  }
  const holds = async (id: string, by: Call) => {
    const held = await job(master, id)
    expect(`${held.state}, by attempt ${held.attempts}, token ${held.token}`, `${id}, while attempt 2 is still at it`).toBe(
      `active, by attempt 2, token ${by.token}`,
    )
  }

  did('A job failed and was tried again at the same instant; then the clock of Redis was set back by 10 s, and another job was taken.')
  sink.behaviour = call => (call.attempt === 1 ? 500 : 'pass')
  await submit(master, sink.job('at-once', 0, { backoffMs: 0 }))
  const again = await sink.call('at-once', 2)
  grows(sink.of('at-once')[0]!, again, 'attempt 2, at the same instant')
  await reaches(master, 'at-once', 'done')
  await clock.advance(-10 * SECOND)
  sink.behaviour = () => 'pass'
  await submit(master, sink.job('earlier', 0))
  grows(again, await sink.call('earlier'), 'a job that was taken after the clock had been set back')
  await reaches(master, 'earlier', 'done')
  await clock.advance(60 * SECOND)

  /** Attempt 1 is held by a worker that sleeps; attempt 2 is held by the other one. */
  const pauseIn = async (id: string, steps: number) => {
    sink.behaviour = call => (call.step === 1 ? 'hold' : 'pass')
    await submit(master, sink.job(id, id, {}, steps))
    const first = await sink.call(id)
    byName(first.worker).pause()
    await clock.advance(LEASE + random.int(1, 1000))
    const second = await sink.call(id, 2)
    grows(first, second, `attempt 2 of ${id}`)
    return { first, second, sleeper: byName(first.worker) }
  }

  did(`A worker fell asleep (SIGSTOP) with a job; ${words(LEASE)} of lease ran out, and the other worker took the job and is still at it.`)
  const one = await pauseIn('asleep', 1)
  did('The sleeper woke up, and its receiver said "done". It must not complete the job that it has lost.')
  one.sleeper.resume()
  sink.release(one.first)
  // Each worker does one job at a time and the other one is busy: who takes the next job has ended what it was at.
  sink.behaviour = () => 'pass'
  await submit(master, sink.job('next', 0))
  expect((await sink.call('next')).worker, 'the worker that takes the next job').toBe(one.sleeper.name)
  await reaches(master, 'next', 'done')
  await holds('asleep', one.second)
  sink.release(one.second)
  const done = await reaches(master, 'asleep', 'done')
  expect(`${done.worker}, token ${done.token}`, 'who did the job').toBe(`${one.second.worker}, token ${one.second.token}`)

  did('Another fell asleep between two steps of a job. It woke up after the other worker had done both.')
  const two = await pauseIn('halfway', 2)
  sink.release(two.second)
  await reaches(master, 'halfway', 'done')
  two.sleeper.resume()
  sink.release(two.first)
  sink.behaviour = call => (call.job.startsWith('both') ? 'hold' : 'pass')
  await submit(master, [sink.job('both-1', 0), sink.job('both-2', 0)])
  for (const id of ['both-1', 'both-2']) await sink.call(id)
  const late = sink.of('halfway').filter(call => call.worker === two.sleeper.name && call.step === 2)
  expect(
    late.filter(call => call.token >= two.second.token).map(call => `step ${call.step} with token ${call.token}`),
    `what the sleeper sent with a token that is not its own (its own is ${two.first.token})`,
  ).toEqual([])
  expect((await job(master, 'halfway')).worker, 'who did the job').toBe(two.second.worker)
  for (const worker of workers) await worker.kill()

  did('The only worker fell asleep, lost its job, woke up and took the same job again. Then the receiver answered its first attempt.')
  await clock.advance(LEASE + SECOND)
  sink.releaseAll()
  sink.behaviour = call => (call.job.startsWith('both') ? 'pass' : 'hold')
  const alone = await learner.start('src/worker.ts', options({ valkey }, 'alone', { ...env, CONCURRENCY: '2' }))
  for (const id of ['both-1', 'both-2']) await reaches(master, id, 'done')
  await submit(master, sink.job('own', 0))
  const before = await sink.call('own')
  alone.pause()
  await clock.advance(LEASE + SECOND)
  await reaches(master, 'own', 'waiting')
  alone.resume()
  const after = await sink.call('own', 2)
  grows(before, after, 'attempt 2 of own')
  sink.release(before)
  // It does two jobs at a time: when it takes another one, the first attempt has ended.
  await submit(master, sink.job('free', 0))
  await sink.call('free')
  await holds('own', after)
  sink.release(after)
  await reaches(master, 'own', 'done')
  expect(sink.violations, 'wrong uses of fencing tokens').toEqual([])
})
