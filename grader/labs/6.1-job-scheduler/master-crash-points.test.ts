import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { ask, job, leads, options, reaches, send, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { stepProxy, through } from './support/step-proxy.ts'
import { freeze, MINUTE } from './support/time.ts'

const POINTS = 6

kpi('master-crash-points', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const proxy = await stepProxy(valkey.port)
  cleanup(() => proxy.close())
  const dying = (name: string, env = {}) => options({ valkey }, name, env, through(valkey.url, proxy.port))
  const where = () => `the master died between its ${proxy.passed.join(', ') || 'start'} and its next command`

  did(`${POINTS} masters died (kill -9) while one job was submitted to them, each one command to Redis later than the one before.`)
  const points = new Map<string, string>()
  const acked: string[] = []
  for (let n = 0; n < POINTS; n++) {
    const id = `sent-${n}-${random.word(4)}`
    proxy.arm(Number.POSITIVE_INFINITY)
    // It looks after the house once, at its start, and then has nothing to do but what it is asked for.
    const master = await learner.start('src/master.ts', dying(`master-${n + 1}`, { POLL_MS: '10000', REDIS_TIMEOUT_MS: '500' }))
    proxy.arm(n)
    const reply = await send(master.port, 'POST', '/jobs', sink.job(id, id)).catch(() => undefined)
    await master.kill()
    if (reply?.status === 201) acked.push(id)
    points.set(id, where())
    await clock.advance(MINUTE)
  }
  const { master } = await start({ learner, valkey }, { workers: 0 })
  await leads(master)
  did('To a master that lives I submitted again, under its id, every job that had not been answered with 201.')
  for (const id of points.keys()) if (!acked.includes(id)) await ask(master, 'POST', '/jobs', sink.job(id, id), [200, 201])

  did(`${POINTS} delayed jobs: a master died each time when one of them was due.`)
  const began = clock.now()
  for (let n = 1; n <= POINTS; n++) {
    const id = `due-${n}`
    await submit(master, sink.job(id, id, { delayMs: n * MINUTE }))
  }
  await master.kill()
  for (let n = 1; n <= POINTS; n++) {
    await clock.set(began + n * MINUTE)
    proxy.arm(n)
    const next = await learner.start('src/master.ts', { ...dying(`housekeeper-${n}`), ready: { kind: 'none' } })
    await proxy.exhausted(`housekeeper-${n} sends command ${n + 1} to Redis`)
    await next.kill()
    points.set(`due-${n}`, where())
  }
  await clock.advance(MINUTE)
  const survivors = await start({ learner, valkey }, { env: {} })
  await submit(survivors.master, sink.job('marker', 'marker'))
  await reaches(survivors.master, 'marker', 'done')
  for (const [id, died] of points)
    await reaches(survivors.master, id, 'done').catch(async () => {
      const seen = await job(survivors.master, id)
      fail({ subject: `job ${id}: ${died}`, expected: 'done', saw: `${seen.state}, and nobody will ever run it` })
    })
  for (const id of points.keys()) expect(sink.of(id).length, `times that ${id} ran`).toBe(1)
})
