import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { options, soon, start, submit } from './support/cluster.ts'
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
  const worker = await learner.start('src/worker.ts', options({ valkey }, 'worker-1', env))
  await sink.reaches(150 + quiet.length * each)

  const tenantOf = (id: string) => tenants.find(tenant => id.includes(tenant))
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

  did('Two tenants came and went: whenever a job of theirs began, they submitted their next one. A third had a long line all the time.')
  const steady = `steady-${random.word(4)}`
  const guests = ['guest-a', 'guest-b'].map(name => `${name}-${random.word(4)}`)
  const before = sink.calls.length
  sink.behaviour = () => 'hold'
  await submit(
    master,
    Array.from({ length: 20 }, (_, i) => sink.job(`${steady}-${i}`, i, { tenant: steady })),
  )
  const served: string[] = []
  let visits = 0
  for (let turn = 0; turn < 12; turn++) {
    const call = await eventually('the worker takes the next job', () => sink.calls[before + turn], { within: soon() })
    served.push(call.tenant)
    for (const guest of guests)
      if (turn === 0 || call.tenant === guest) await submit(master, sink.job(`${guest}-${visits++}`, turn, { tenant: guest }))
    sink.release(call)
  }
  for (const tenant of [steady, ...guests])
    if (!served.slice(4, 8).includes(tenant) || !served.slice(8).includes(tenant))
      fail({
        subject: `turns of ${tenant}, one of three tenants that have waiting jobs all the time`,
        expected: 'each is served once a round; one that comes newly waits one round at most',
        saw: `they were served in the order ${served.join(' ')}`,
      })
  sink.releaseAll()
  await sink.reaches(before + 20 + visits)
  await worker.kill()

  const slots = 2 * tenants.length
  did(`${noisy} submitted 40 jobs again, the others ${each} each. A worker with CONCURRENCY ${slots} took as many as it could hold.`)
  sink.behaviour = call => (call.job.startsWith('again') ? 'hold' : 'pass')
  const taken = () => sink.calls.filter(call => call.job.startsWith('again'))
  for (const tenant of tenants)
    await submit(
      master,
      Array.from({ length: tenant === noisy ? 40 : each }, (_, i) => sink.job(`again-${tenant}-${i}`, i, { tenant })),
    )
  await learner.start('src/worker.ts', options({ valkey }, 'worker-2', { CONCURRENCY: String(slots) }))
  await eventually('the worker holds as many jobs as it can', () => taken().length >= slots, { within: soon() })
  for (const tenant of tenants)
    expect(taken().filter(call => call.tenant === tenant).length, `jobs of ${tenant} among the ${slots} that it took`).toBe(2)
})
