import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { job, leads, options, reaches, soon, start, submit } from './support/cluster.ts'
import { stepProxy, through } from './support/step-proxy.ts'
import { freeze, MINUTE, SECOND, words } from './support/time.ts'

const LEASE = 40_000
/** Of its commands, the next one or the one after it is kept back: one of the two is what it sends when it believes that it leads. */
const STEPS = [0, 1]

kpi('stale-leader', async ({ learner, valkey, cleanup, timeline }) => {
  const clock = await freeze({ valkey })
  const proxy = await stepProxy(valkey.port)
  cleanup(() => proxy.close())
  const env = { MASTER_LEASE_MS: String(LEASE) }
  const own = { env: { ...env, POLL_MS: '100' }, redisUrl: through(valkey.url, proxy.port), workers: 0 }
  const { master: old } = await start({ learner, valkey }, own)

  did(`A command of the leader was on its way to Redis for longer than ${words(LEASE)}, its lease; another master led by then.`)
  did('That one I paused (SIGSTOP) within its lease, so that only the old leader could promote a job that was due. It must not.')
  for (const steps of STEPS) {
    const { epoch } = await leads(old)
    proxy.arm(steps)
    await proxy.exhausted('the leader looks at Redis')
    const since = timeline.now()
    await clock.advance(LEASE + 1)
    const heir = await learner.start('src/master.ts', options({ valkey }, `master-${steps + 2}`, env))
    expect((await leads(heir)).epoch > epoch, 'whether the epoch of the next leader is greater').toBe(true)
    const id = `due-${steps}`
    await submit(heir, { id, kind: 'noop', delayMs: SECOND })
    heir.pause()
    await clock.advance(SECOND)
    proxy.release()
    timeline.add({ lane: 'network', kind: 'fault', at: since, until: timeline.now(), label: 'commands of master-1 are under way' })
    await eventually('the old leader goes on looking at Redis', () => proxy.passed.length > 2, { within: soon() })
    const { state } = await job(old, id)
    expect(state, 'state of a job that is due, while the master that leads sleeps').toBe('delayed')
    heir.resume()
    await reaches(heir, id, 'waiting')
    await heir.kill()
    await clock.advance(MINUTE)
  }
})
