import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { job, leads, reaches, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze, words } from './support/time.ts'

const LEASE = 30_000

kpi('paused-worker', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const { master, workers } = await start({ learner, valkey }, { workers: 2, env: { LEASE_MS: String(LEASE), CONCURRENCY: '1' } })
  await leads(master)
  const byName = (name: string) =>
    workers.find(one => one.name === name) ?? fail({ subject: 'worker in the call', expected: 'its NAME', saw: name })

  /** Attempt 1 is held by a worker that sleeps; attempt 2 is held by the other one. */
  const pauseIn = async (id: string, steps: number) => {
    sink.behaviour = call => (call.step === 1 ? 'hold' : 'pass')
    await submit(master, sink.job(id, id, {}, steps))
    const first = await sink.call(id)
    byName(first.worker).pause()
    await clock.advance(LEASE + random.int(1, 1000))
    const second = await sink.call(id, 2)
    if (second.token <= first.token)
      fail({ subject: `the fencing token of attempt 2 of ${id}`, expected: `more than ${first.token}`, saw: String(second.token) })
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
  const held = await job(master, 'asleep')
  expect(`${held.state}, by attempt ${held.attempts}, token ${held.token}`, 'the job, while the other worker is at it').toBe(
    `active, by attempt 2, token ${one.second.token}`,
  )
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
  expect(sink.violations, 'wrong uses of fencing tokens').toEqual([])
})
