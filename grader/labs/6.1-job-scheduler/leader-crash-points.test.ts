import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { ask, job, leads, options, reaches, send, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { stepProxy, through } from './support/step-proxy.ts'
import { freeze, HOUR, MINUTE, SECOND } from './support/time.ts'

/** Commands after which a leader must have done what was due. */
const MOST = 12

kpi('leader-crash-points', async ({ learner, valkey, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey }, Date.UTC(2027, 2, 2, 9, 0))
  const env = { MASTER_LEASE_MS: '20000', LEASE_MS: String(HOUR) }
  const alone = { ...env, CONCURRENCY: String(MOST) }
  const { master: keeper, worker } = await start({ learner, valkey }, { env: alone })
  await leads(keeper)
  const proxy = await stepProxy(valkey.port)
  cleanup(() => proxy.close())

  // Each minute of the next hour but one has its lease that runs out, its delayed job and its cron.
  sink.behaviour = call => (call.attempt === 1 && call.job.startsWith('lapsed') ? 'hold' : 'pass')
  const points: { at: number; jobs: string[] }[] = []
  for (let n = 1; n <= MOST; n++) {
    const at = clock.now() + HOUR
    const wall = new Date(at)
    const schedule = `${wall.getUTCMinutes()} ${wall.getUTCHours()} * * *`
    await ask(keeper, 'PUT', `/crons/c${n}`, { schedule, timezone: 'UTC', job: sink.job('', n) })
    await submit(keeper, [sink.job(`lapsed-${n}`, n), sink.job(`delayed-${n}`, n, { runAt: at })])
    await sink.call(`lapsed-${n}`)
    points.push({ at, jobs: [`lapsed-${n}`, `delayed-${n}`, `cron:c${n}:${at}`] })
    await clock.advance(MINUTE)
  }
  await worker.kill()

  did('A lease had run out, a delayed job and a cron were due. The leader died (kill -9) before its n-th command reached Redis,')
  did('for n = 2, 3, 4 … until one had lived long enough to see to all three. Each time another master took over.')
  /** What a job waits for, or null when it is in line. */
  const stuck = async (id: string) => {
    const { status, body } = await send(keeper.port, 'GET', `/jobs/${id}`)
    const state = status === 200 ? (JSON.parse(body) as { state: string }).state : 'never made'
    return state === 'waiting' ? null : state
  }
  let ran = 0
  for (const [i, { at, jobs }] of points.entries()) {
    keeper.pause()
    await clock.set(at)
    proxy.arm(i + 1)
    const url = through(valkey.url, proxy.port)
    const one = await learner.start('src/master.ts', { ...options({ valkey }, `leader-${i + 1}`, env, url), ready: { kind: 'none' } })
    await proxy.exhausted(`leader-${i + 1} sends command ${i + 2} to Redis`)
    await one.kill()
    ran = i + 1
    // Its lease as a leader still holds: what is in line now, it has put there.
    keeper.resume()
    const left = (await Promise.all(jobs.map(stuck))).filter(state => state !== null)
    await clock.advance(30 * SECOND)
    for (const id of jobs)
      await reaches(keeper, id, 'waiting').catch(async () =>
        fail({
          subject: `${id}: its leader died between its ${proxy.passed.join(', ')} and its next command`,
          expected: 'in line: another master leads and has looked',
          saw: `${await stuck(id)}, and nobody will ever run it`,
        }),
      )
    if (left.length === 0) break
  }
  await learner.start('src/worker.ts', options({ valkey }, 'worker-2', env))
  for (const { jobs } of points.slice(0, ran))
    for (const id of jobs) {
      await reaches(keeper, id, 'done')
      expect(sink.of(id).filter(call => call.worker === 'worker-2').length, `times that ${id} ran afterwards`).toBe(1)
    }
  expect((await job(keeper, `lapsed-${ran}`)).attempts, `attempts of lapsed-${ran}`).toBe(2)
})
