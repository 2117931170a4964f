import { did, expect, kpi } from '../../kpi/index.ts'
import { ask, type JobView, leads, options, reaches, start, submit } from './support/cluster.ts'
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
  expect((await reaches(master, 'fails', 'dead')).attempts, 'attempts of the job that failed').toBe(most)

  did('A job whose receiver answered 422, and a job of a kind that there is not.')
  await submit(master, [sink.job('refused', reason, { maxAttempts: 10 }), { id: 'strange', kind: random.word(9) }])
  expect((await reaches(master, 'refused', 'dead')).attempts, 'attempts of the job that was answered 422').toBe(1)
  expect((await reaches(master, 'strange', 'dead')).error, 'error of the job of an unknown kind').toBeTruthy()

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
  await ask(master, 'POST', '/jobs/fails/retry')
  expect((await reaches(master, 'fails', 'done')).attempts, 'attempts since the retry').toBe(1)
  await ask(master, 'POST', '/jobs/fails/retry', undefined, 409)
  const left = (await ask<JobView[]>(master, 'GET', '/dead')).map(one => one.id)
  expect(left.sort(), 'GET /dead').toEqual(['hangs', 'poison', 'refused', 'strange'])
})
