import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { ask, job, leads, options, reaches, soon, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze, HOUR } from './support/time.ts'

kpi('cancel', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const env = { CONCURRENCY: '1', LEASE_MS: '60000' }
  const { master, worker: calm } = await start({ learner, valkey }, { env })
  await leads(master)
  const cancel = (id: string, status = 200) => ask<{ state: string }>(master, 'DELETE', `/jobs/${id}`, undefined, status)

  did('I cancelled a job, and its receiver answered before its worker could hear of it: the next renewal was 20 s away.')
  sink.behaviour = call => (call.job === 'ended' ? 'hold' : 'pass')
  await submit(master, sink.job('ended', 0))
  const ended = await sink.call('ended')
  await cancel('ended')
  sink.release(ended)
  await submit(master, sink.job('after', 0))
  await reaches(master, 'after', 'done')
  expect((await job(master, 'ended')).state, 'state of the job that was cancelled').toBe('cancelled')
  await calm.kill()

  const worker = await learner.start('src/worker.ts', options({ valkey }, 'worker-2', { ...env, LEASE_MS: '900' }))
  did('I cancelled a job that a worker was at: the worker must give it up, also when its receiver never answers.')
  sink.behaviour = call => (call.job === 'running' ? 'hold' : 'pass')
  await submit(master, sink.job('running', 0, {}, 2))
  const running = await sink.call('running')
  const ids = Array.from({ length: 9 }, (_, i) => `${random.word(4)}-${i}`)
  const [waiting, delayed] = [ids.slice(0, 5), ids.slice(5)]
  await submit(
    master,
    waiting.map(id => sink.job(id, id)),
  )
  await submit(
    master,
    delayed.map(id => sink.job(id, id, { delayMs: HOUR })),
  )
  const lonely = `only-one-${random.word(4)}`
  await submit(master, sink.job(lonely, 0, { tenant: lonely }))
  const victims = [random.pick(waiting), random.pick(delayed), lonely]
  did('Before that I cancelled one of the jobs that waited for that worker, one that was delayed by an hour, and the only one of a tenant.')
  for (const id of victims) await cancel(id)
  expect((await cancel('running')).state, 'state in the answer to DELETE').toBe('cancelled')
  await eventually('the worker closes the connection to the receiver of the cancelled job', () => running.aborted, { within: soon() })

  const left = ids.filter(id => !victims.includes(id))
  for (const id of left.filter(id => waiting.includes(id))) await reaches(master, id, 'done')
  await clock.advance(HOUR)
  for (const id of left) await reaches(master, id, 'done')
  await submit(master, sink.job('marker', 0))
  await reaches(master, 'marker', 'done')
  for (const id of [...victims, 'running']) {
    expect((await job(master, id)).state, `state of ${id}`).toBe('cancelled')
    expect(sink.of(id).length, `calls of the receiver for ${id}`).toBe(id === 'running' ? 1 : 0)
  }
  await cancel(left[0]!, 409)
  await cancel(random.word(20), 404)
  expect((await job(master, left[0]!)).state, 'state of a done job that I tried to cancel').toBe('done')
  expect(worker.running, 'whether the worker still runs').toBe(true)
})
