import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { job, leads, options, reaches, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { stepProxy, through } from './support/step-proxy.ts'
import { freeze, words } from './support/time.ts'

/** Commands after which a worker must have said how its job ended. */
const MOST = 40
/** It then lives for one more command: the one that said so may have been the first of two. */
const AFTERWARDS = 2
const LEASE = 30_000

kpi('worker-crash-points', async ({ learner, valkey, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const env = { LEASE_MS: String(LEASE), CONCURRENCY: '1' }
  const { master } = await start({ learner, valkey }, { workers: 0, env })
  await leads(master)
  const proxy = await stepProxy(valkey.port)
  cleanup(() => proxy.close())

  // It stands still (SIGSTOP) while another worker lives and dies, and does afterwards what that one has left.
  const survivor = await learner.start('src/worker.ts', options({ valkey }, 'survivor', env))
  await submit(master, sink.job('first', 'first'))
  await reaches(master, 'first', 'done')
  sink.behaviour = call => (call.job.startsWith('failed') && call.attempt === 1 ? 500 : 'pass')
  const ids = ['first']

  for (const ending of ['done', 'failed']) {
    did(
      ending === 'done'
        ? 'I submitted a job and started a worker, which died (kill -9) before its n-th command reached Redis, for n = 1, 2, 3 … until it had lived long enough to do the job.'
        : 'The same with jobs whose first attempt fails at the receiver.',
    )
    did(`Each time I then let ${words(LEASE)} of lease run out, and a worker that lives went on.`)
    for (let n = 0, told = 0; n < MOST && told < AFTERWARDS; n++) {
      const id = `${ending}-${n + 1}`
      ids.push(id)
      survivor.pause()
      await submit(master, sink.job(id, id, { backoffMs: 0 }))
      proxy.arm(n)
      const worker = await learner.start('src/worker.ts', {
        ...options({ valkey }, `worker-${id}`, env, through(valkey.url, proxy.port)),
        ready: { kind: 'none' },
      })
      const next = await proxy.exhausted(`worker-${id} sends command ${n + 1} to Redis`)
      await worker.kill()
      if (sink.of(id).length > 0 && (await job(master, id)).state !== 'active') told++
      await clock.advance(LEASE + 1)
      survivor.resume()
      await reaches(master, id, 'done').catch(async () => {
        const seen = await job(master, id)
        const sent = proxy.passed.length === 0 ? 'its start' : `its ${proxy.passed.join(', ')}`
        fail({
          subject: `the job of a worker that died between ${sent} and its next command (${next})`,
          expected: 'done by the worker that lives',
          saw: `${seen.state}, and nobody will ever run it`,
        })
      })
    }
  }
  expect(sink.applied.map(call => call.job).sort(), 'effects').toEqual(ids.sort())
  expect(sink.violations, 'wrong uses of fencing tokens').toEqual([])
})
