import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { ask, job, leads, reaches, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze, HOUR, MINUTE, SECOND } from './support/time.ts'

kpi('redis-restart', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const { master, worker } = await start({ learner, valkey }, { env: { CONCURRENCY: '1' } })
  await leads(master)
  const status = (id: string) => (id === 'poison' ? 422 : undefined)
  sink.behaviour = call => status(call.job) ?? 'pass'
  await submit(master, sink.job('poison', 0))
  await reaches(master, 'poison', 'dead')

  sink.behaviour = call => status(call.job) ?? 'hold'
  await submit(master, sink.job('running', 'running'))
  const before = await sink.call('running')
  const waiting = Array.from({ length: random.int(3, 9) }, (_, i) => `waiting-${i}`)
  const delayed = Array.from({ length: random.int(2, 4) }, (_, i) => `delayed-${i}`)
  await submit(
    master,
    waiting.map(id => sink.job(id, id, { tenant: random.pick(['a', 'b', 'c']), priority: random.int(0, 9) })),
  )
  await submit(
    master,
    delayed.map(id => sink.job(id, id, { delayMs: HOUR })),
  )
  await ask(master, 'PUT', '/crons/hourly', { schedule: '0 * * * *', timezone: 'UTC', job: sink.job('', 0) })
  did(`Redis held a running job, ${waiting.length} that waited, ${delayed.length} delayed ones, a dead letter and a cron. It saved them.`)
  await valkey.admin.call('SAVE')

  did('After that the running job was done and the next one was taken; then Redis died (kill -9) and came back with what it had saved.')
  sink.release(before)
  await reaches(master, 'running', 'done')
  const taken = (await sinkNext(1)) ?? before
  await valkey.kill()
  await valkey.start()
  await clock.advance(10 * SECOND + 1)
  sink.behaviour = call => status(call.job) ?? 'pass'
  sink.releaseAll()
  sink.behaviour = call => status(call.job) ?? 'pass'

  for (const id of ['running', ...waiting]) await reaches(master, id, 'done')
  const again = sink.of(taken.job).filter(call => call !== taken)
  for (const { token } of again)
    if (token <= taken.token)
      fail({
        subject: `the token of ${taken.job} after the restart; it had been taken before, but Redis does not remember`,
        expected: `more than ${taken.token}`,
        saw: String(token),
      })
  for (const id of delayed) expect((await job(master, id)).state, `state of ${id}`).toBe('delayed')
  expect((await job(master, 'poison')).state, 'state of the dead letter').toBe('dead')
  await clock.advance(HOUR + MINUTE)
  for (const id of delayed) await reaches(master, id, 'done')
  await sink.call(`cron:hourly:${clock.now() - (clock.now() % HOUR)}`)
  expect(new Set(sink.applied.map(call => call.job)).size, 'jobs that took effect').toBe(2 + waiting.length + delayed.length)
  expect(sink.applied.length, 'effects').toBe(2 + waiting.length + delayed.length)
  expect([master.running, worker.running], 'master and worker still run').toEqual([true, true])

  /** The n-th call after the one of the running job. */
  function sinkNext(n: number) {
    const at = sink.calls.indexOf(before) + n
    return reachesCall(at)
  }
  async function reachesCall(at: number) {
    await sink.reaches(at)
    return sink.calls[at]
  }
})
