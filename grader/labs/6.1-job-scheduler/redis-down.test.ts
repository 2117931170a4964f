import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { ask, leads, options, reaches, send, soon, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze } from './support/time.ts'

const LEASE = 60_000
/** REDIS_TIMEOUT_MS, and after how many of them the answer must be there: it may take a while on a busy machine. */
const [TIMEOUT, TIMES] = [1000, 6]

kpi('redis-down', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const env = { REDIS_TIMEOUT_MS: String(TIMEOUT), LEASE_MS: String(LEASE) }
  const { master, worker } = await start({ learner, valkey }, { env })
  await leads(master)
  sink.behaviour = call => (call.job === 'running' ? 'hold' : 'pass')
  await submit(master, sink.job('running', 0))
  const running = await sink.call('running')

  const refused = async (id: string, why: string) => {
    const reply = await send(master.port, 'POST', '/jobs', sink.job(id, id), TIMES * TIMEOUT).catch((error: Error) =>
      fail({ subject: `POST /jobs while ${why} (REDIS_TIMEOUT_MS ${TIMEOUT})`, expected: '503', saw: error.message }),
    )
    if (reply.status !== 503)
      fail({ subject: `POST /jobs while ${why}`, expected: '503', saw: `${reply.status} ${reply.body.slice(0, 120)}` })
    if (!/^\d+$/.test(reply.headers['retry-after'] ?? ''))
      fail({ subject: `Retry-After of the 503`, expected: 'whole seconds', saw: reply.headers['retry-after'] ?? 'none' })
  }

  await valkey.admin.call('SAVE')
  did('I killed Redis (-9) while a job was running, and submitted jobs: 503. The running job was done meanwhile.')
  await valkey.kill()
  const dead = Array.from({ length: 3 }, () => `refused-${random.word(6)}`)
  for (const id of dead) await refused(id, 'Redis is dead')
  const late = await learner.start('src/master.ts', {
    ...options({ valkey }, 'master-2', env),
    ready: { kind: 'http', path: '/health' },
  })
  did(
    'A master that was started meanwhile, without Redis, was up. GET /health said so of all programs, and GET /ready that Redis is not there.',
  )
  for (const program of [master, worker]) await ask(program, 'GET', '/health')
  const ready = await send(master.port, 'GET', '/ready')
  expect(ready.status, 'GET /ready on the master, while Redis is dead').toBe(503)
  sink.release(running)
  await valkey.start()

  did('Redis came back with what it had saved. Nothing was restarted.')
  const back = `back-${random.word(6)}`
  await eventually(
    'the master accepts jobs again',
    async () => {
      const reply = await send(master.port, 'POST', '/jobs', sink.job(back, back))
      return reply.status === 201 || reply.status === 200 || fail({ expected: '201', saw: `${reply.status} ${reply.body.slice(0, 120)}` })
    },
    { within: soon() },
  )
  await eventually(
    'the master that was started without Redis is ready',
    async () => (await send(late.port, 'GET', '/ready')).status === 200,
    {
      within: soon(),
    },
  )
  await reaches(late, back, 'done')
  const done = await reaches(master, 'running', 'done')
  expect(done.attempts, 'attempts of the job that was done while Redis was away').toBe(1)
  for (const id of dead) {
    await ask(master, 'GET', `/jobs/${id}`, undefined, 404)
    expect(sink.of(id).length, `runs of ${id}, which was refused with 503 while there was no connection to Redis`).toBe(0)
  }

  did('Redis hung (SIGSTOP): connections stayed open and nothing was answered. I submitted a job: 503; and again, when Redis went on.')
  await valkey.pause()
  const hung = `hung-${random.word(6)}`
  await refused(hung, 'Redis hangs')
  await valkey.resume()
  await eventually(
    'the master accepts the job again',
    async () => {
      const reply = await send(master.port, 'POST', '/jobs', sink.job(hung, hung))
      return (
        reply.status === 201 || reply.status === 200 || fail({ expected: '201 or 200', saw: `${reply.status} ${reply.body.slice(0, 120)}` })
      )
    },
    { within: soon() },
  )
  // What the worker asked for while Redis hung may have been granted to nobody: the lease brings it back.
  await clock.advance(LEASE + 1)
  await reaches(master, hung, 'done')
  expect(sink.applied.filter(call => call.job === hung).length, `effects of ${hung}`).toBe(1)
  expect([master.running, worker.running], 'master and worker still run').toEqual([true, true])
})
