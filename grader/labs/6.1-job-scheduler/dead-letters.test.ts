import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { ask, type JobView, job, leads, options, reaches, soon, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze, HOUR } from './support/time.ts'

const LEASE = 30_000

kpi('dead-letters', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const env = { LEASE_MS: String(LEASE) }
  const { master, workers } = await start({ learner, valkey }, { env })
  let worker = workers[0]!
  await leads(master)
  const most = random.int(2, 4)
  const reason = `broken ${random.word(8)}`

  did(`A job with maxAttempts ${most}: its receiver answered 500 every time.`)
  sink.behaviour = call => (call.job === 'fails' ? 500 : call.job === 'refused' ? 422 : 'pass')
  await submit(master, sink.job('fails', reason, { maxAttempts: most }))
  for (let attempt = 1; attempt < most; attempt++) {
    await sink.call('fails', attempt)
    await reaches(master, 'fails', 'delayed')
    await clock.advance(HOUR)
  }
  /** What became of an attempt. */
  const ended = (id: string, attempts: number) =>
    eventually(
      `attempt ${attempts} of job ${id} ends`,
      async () => {
        const seen = await job(master, id)
        return (seen.attempts >= attempts && seen.state !== 'active') || fail({ saw: `${seen.state}, ${seen.attempts} attempts` })
      },
      { within: soon() },
    ).then(() => job(master, id))
  expect((await ended('fails', most)).state, `state of the job after ${most} attempts`).toBe('dead')
  expect((await job(master, 'fails')).attempts, 'attempts of the job that failed').toBe(most)

  did('A job whose receiver answered 422, and a job of a kind that there is not.')
  await submit(master, [sink.job('refused', reason, { maxAttempts: 10 }), { id: 'strange', kind: random.word(9) }])
  expect((await ended('refused', 1)).state, 'state of the job that was answered 422').toBe('dead')
  const strange = await ended('strange', 1)
  expect(strange.state, 'state of the job of an unknown kind').toBe('dead')
  expect(strange.error, 'error of the job of an unknown kind').toBeTruthy()

  did('A job with maxAttempts 1 and timeoutMs 300, whose receiver did not answer.')
  sink.behaviour = () => 'hold'
  await submit(master, sink.job('hangs', reason, { maxAttempts: 1, timeoutMs: 300 }))
  expect((await reaches(master, 'hangs', 'dead')).attempts, 'attempts of the job that took too long').toBe(1)

  did(`A job with maxAttempts ${most} that killed (-9) every worker that took it.`)
  sink.behaviour = call => (call.job === 'poison' ? 'hold' : 'pass')
  await submit(master, sink.job('poison', reason, { maxAttempts: most }))
  for (let attempt = 1; attempt <= most; attempt++) {
    await sink.call('poison', attempt)
    await worker.kill()
    await clock.advance(LEASE + 1)
    if (attempt === most) break
    worker = await learner.start('src/worker.ts', options({ valkey }, `worker-${attempt + 1}`, env))
  }
  expect((await reaches(master, 'poison', 'dead')).attempts, 'attempts of the job that kills workers').toBe(most)

  const listed = (await ask<JobView[]>(master, 'GET', '/dead')).map(one => one.id)
  expect(listed.sort(), 'GET /dead').toEqual(['fails', 'hangs', 'poison', 'refused', 'strange'])

  did('The receiver was mended; I asked for another try of one dead letter.')
  sink.behaviour = () => 'pass'
  await learner.start('src/worker.ts', options({ valkey }, 'last-worker', env))
  const tried = sink.of('fails').at(-1)!
  await ask(master, 'POST', '/jobs/fails/retry')
  const again = await sink.call('fails', most + 1)
  if (again.token <= tried.token)
    fail({ subject: 'the fencing token after the retry', expected: `more than ${tried.token}, its last one`, saw: String(again.token) })
  expect((await reaches(master, 'fails', 'done')).attempts, 'attempts since the retry').toBe(1)
  await ask(master, 'POST', '/jobs/fails/retry', undefined, 409)
  const left = (await ask<JobView[]>(master, 'GET', '/dead')).map(one => one.id)
  expect(left.sort(), 'GET /dead').toEqual(['hangs', 'poison', 'refused', 'strange'])
})
