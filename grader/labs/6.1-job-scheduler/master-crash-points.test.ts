import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { ask, job, leads, options, reaches, send, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { stepProxy, through } from './support/step-proxy.ts'
import { freeze, HOUR } from './support/time.ts'

/** Commands after which a master must have answered. */
const MOST = 30

kpi('master-crash-points', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const proxy = await stepProxy(valkey.port)
  cleanup(() => proxy.close())
  const { master } = await start({ learner, valkey })
  await leads(master)
  const ids = (what: string) => Array.from({ length: MOST }, (_, n) => `${what}-${n + 1}-${random.word(4)}`)

  type Held = (id: string, died: string) => Promise<unknown>
  const runs: Held = (id, died) =>
    reaches(master, id, 'done').catch(async () => {
      const seen = await job(master, id)
      fail({ subject: `job ${id}: ${died}`, expected: 'done', saw: `${seen.state}, and nobody will ever run it` })
    })

  /** Masters die before their n-th command until one has answered; what was not answered is asked of a master that lives. */
  const dying = async (what: string, names: string[], method: string, path: (id: string) => string, again: number, held: Held) => {
    did(
      `I asked masters to ${what} a job. They died (kill -9) before their n-th command reached Redis, n = 1, 2, 3 … until one had answered.`,
    )
    did('What got no answer I asked for again, of a master that lives.')
    const points: { id: string; died: string }[] = []
    let answered = false
    for (const [n, id] of names.entries()) {
      const body = what === 'submit' ? sink.job(id, id) : undefined
      proxy.arm(Number.POSITIVE_INFINITY)
      // It looks after the house once, at its start, and then has nothing to do but what it is asked for.
      const settings = options({ valkey }, `${what}-${n + 1}`, { POLL_MS: '10000' }, through(valkey.url, proxy.port))
      const one = await learner.start('src/master.ts', settings)
      proxy.arm(n)
      const kept = proxy.exhausted('a command is kept back').catch(() => {})
      const answer = send(one.port, method, path(id), body).catch(() => undefined)
      const reply = await Promise.race([answer, kept.then(() => undefined)])
      await one.kill()
      const died = `the master died between its ${proxy.passed.join(', ') || 'start'} and its next command`
      points.push({ id, died })
      if (reply && reply.status < 300) answered = true
      else await ask(master, method, path(id), body, [200, again])
      await held(id, died)
      if (answered) break
    }
    return points
  }

  await dying('submit', ids('sent'), 'POST', () => '/jobs', 201, runs)

  const dead = ids('retried')
  sink.behaviour = () => 422
  await submit(
    master,
    dead.map(id => sink.job(id, id)),
  )
  for (const id of dead) await reaches(master, id, 'dead')
  sink.behaviour = () => 'pass'
  const tries = sink.calls.length
  for (const { id } of await dying('retry', dead, 'POST', id => `/jobs/${id}/retry`, 409, runs))
    expect(sink.calls.slice(tries).filter(call => call.job === id).length, `times that ${id} ran after the retry`).toBe(1)

  const delayed = ids('cancelled')
  await submit(
    master,
    delayed.map(id => sink.job(id, id, { delayMs: HOUR })),
  )
  const gone = await dying(
    'cancel',
    delayed,
    'DELETE',
    id => `/jobs/${id}`,
    409,
    async () => {},
  )
  did('Then the time of all that I had cancelled came, and of those that I had not.')
  await clock.advance(2 * HOUR)
  for (const id of delayed.slice(gone.length)) await reaches(master, id, 'done')
  for (const { id, died } of gone) {
    const saw = `${(await job(master, id)).state}, ran ${sink.of(id).length} times`
    if (saw !== 'cancelled, ran 0 times') fail({ subject: `job ${id}: ${died}`, expected: 'cancelled, ran 0 times', saw })
  }
})
