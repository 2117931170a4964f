import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { options, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze } from './support/time.ts'

kpi('fair-tenants', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  await freeze({ valkey })
  const env = { CONCURRENCY: '1' }
  const { master } = await start({ learner, valkey }, { workers: 0, env })
  const noisy = `noisy-${random.word(4)}`
  const quiet = Array.from({ length: random.int(2, 4) }, (_, i) => `quiet-${i}-${random.word(4)}`)
  const each = random.int(4, 6)
  const tenants = [noisy, ...quiet]

  did(
    `${noisy} submitted 150 jobs of priority 9; then ${quiet.length} other tenants submitted ${each} each of priority 0. One worker, one job at a time.`,
  )
  await submit(
    master,
    Array.from({ length: 150 }, (_, i) => sink.job(`${noisy}-${i}`, i, { tenant: noisy, priority: 9 })),
  )
  for (const tenant of quiet)
    await submit(
      master,
      Array.from({ length: each }, (_, i) => sink.job(`${tenant}-${i}`, i, { tenant })),
    )
  await learner.start('src/worker.ts', options({ valkey }, 'worker-1', env))
  await sink.reaches(150 + quiet.length * each)

  const tenantOf = (id: string) => tenants.find(tenant => id.includes(tenant)) ?? 'gate'
  const order = sink.applied.map(call => tenantOf(call.job))
  const rounds = order.slice(0, tenants.length * each)
  for (const tenant of tenants) {
    const at = [...order.keys()].filter(i => order[i] === tenant).slice(0, each)
    for (const [n, position] of at.entries())
      if (position >= (n + 1) * tenants.length)
        fail({
          subject: `job ${n + 1} of ${tenant}, with ${tenants.length} tenants waiting`,
          expected: `among the first ${(n + 1) * tenants.length} that ran`,
          saw: `it was number ${position + 1}; they ran in the order ${rounds.slice(0, 12).join(' ')} …`,
        })
  }
  expect(new Set(sink.calls.map(call => call.job)).size, 'jobs that ran').toBe(150 + quiet.length * each)

  did('A tenant whose jobs had all been done came back while another had a long line.')
  sink.behaviour = call => (call.job === 'gate' ? 'hold' : 'pass')
  const before = sink.applied.length
  await submit(master, sink.job('gate', 0, { tenant: 'gate' }))
  const gate = await sink.call('gate')
  await submit(
    master,
    Array.from({ length: 30 }, (_, i) => sink.job(`again-${noisy}-${i}`, i, { tenant: noisy })),
  )
  await submit(
    master,
    Array.from({ length: 3 }, (_, i) => sink.job(`again-${quiet[0]}-${i}`, i, { tenant: quiet[0] })),
  )
  sink.release(gate)
  await sink.reaches(before + 34)
  const back = sink.applied.slice(before + 1).map(call => tenantOf(call.job))
  expect(back.slice(0, 6).filter(tenant => tenant === quiet[0]).length, `jobs of ${quiet[0]} among the next 6`).toBe(3)
})
