import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { job, leads, options, reaches, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { stepProxy, through } from './support/step-proxy.ts'
import { freeze, words } from './support/time.ts'

const POINTS = 9
const LEASE = 30_000

kpi('worker-crash-points', async ({ learner, valkey, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const env = { LEASE_MS: String(LEASE), CONCURRENCY: '1' }
  const { master } = await start({ learner, valkey }, { workers: 0, env })
  await leads(master)
  const proxy = await stepProxy(valkey.port)
  cleanup(() => proxy.close())

  did(
    `${POINTS} times I submitted a job and started a worker, which died (kill -9) before its n-th command reached Redis, for n = 1 to ${POINTS}.`,
  )
  const points: { id: string; last: string; next: string }[] = []
  for (let n = 0; n < POINTS; n++) {
    const id = `point-${n + 1}`
    await submit(master, sink.job(id, id))
    proxy.arm(n)
    const worker = await learner.start('src/worker.ts', {
      ...options({ valkey }, `worker-${n + 1}`, env, through(valkey.url, proxy.port)),
      ready: { kind: 'none' },
    })
    const next = await proxy.exhausted(`worker-${n + 1} sends command ${n + 1} to Redis`)
    await worker.kill()
    points.push({ id, last: proxy.passed.at(-1) ?? 'nothing', next })
  }

  did(`Then I let ${words(LEASE)} of lease run out and started a worker that lives.`)
  await clock.advance(LEASE + 1)
  await learner.start('src/worker.ts', options({ valkey }, 'survivor', env))
  await submit(master, sink.job('marker', 'marker'))
  await reaches(master, 'marker', 'done')
  for (const { id, last, next } of points) {
    const where = `the worker died between its ${last} and its ${next}`
    await reaches(master, id, 'done').catch(async () => {
      const seen = await job(master, id)
      fail({ subject: `job ${id}: ${where}`, expected: 'done by the worker that lives', saw: `${seen.state}, and nobody will ever run it` })
    })
  }
  expect(sink.applied.length, 'effects').toBe(POINTS + 1)
  expect(sink.violations, 'wrong uses of fencing tokens').toEqual([])
})
