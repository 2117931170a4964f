import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { job, leads, reaches, soon, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze, words } from './support/time.ts'

/** Patience (milliseconds) from which on this machine is too slow for the pace of renewals to be judged. */
const BUSY = 12_000

kpi('lease-renewal', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const lease = random.int(9, 12) * 100
  // Both workers are full: one that renews only while it looks for more jobs loses those that it has.
  const each = random.int(2, 3)
  const env = { LEASE_MS: String(lease), CONCURRENCY: String(each) }
  const { master, workers } = await start({ learner, valkey }, { workers: 2, env })
  await leads(master)
  sink.behaviour = () => 'hold'
  const ids = Array.from({ length: 2 * each }, (_, i) => `long-${i}`)
  await submit(
    master,
    ids.map(id => sink.job(id, id)),
  )
  for (const id of ids) await sink.call(id)

  const step = Math.floor(lease / 2)
  did(
    `${ids.length} jobs, as many as two workers could hold, took more than two leases (${words(lease)}) of Redis time. I moved the clock by half a lease whenever all leases had been renewed.`,
  )
  const longer: number[] = []
  const waits: number[] = []
  for (let n = 0; n < 5; n++) {
    await clock.advance(step)
    const moved = performance.now()
    for (const id of ids)
      await eventually(
        `the lease of ${id} is renewed`,
        async () => {
          const seen = await job(master, id)
          if (seen.attempts !== 1 || seen.state !== 'active')
            return fail({ expected: 'active, attempt 1', saw: `${seen.state}, attempt ${seen.attempts}` })
          const until = seen.leaseUntil! - clock.now()
          if (until > lease) longer.push(until)
          return until > step || fail({ expected: `${words(lease)} from now`, saw: `${words(until)} from now` })
        },
        { within: soon() },
      )
    waits.push(performance.now() - moved)
    if (longer[0] !== undefined)
      fail({
        subject: `the lease of one of them, right after it was renewed (LEASE_MS ${lease})`,
        expected: `it ends ${words(lease)} from now: a worker that dies must not keep its job for longer`,
        saw: `it ends ${words(longer[0])} from now`,
      })
  }
  // But for the first time the clock was moved right after a renewal: the shortest wait is the time from one to the next, and what the machine adds.
  const shortest = Math.min(...waits.slice(1))
  if (shortest > (lease * 3) / 4) {
    if (soon() > BUSY) inconclusive(`~${Math.round(shortest)} ms from one renewal to the next, on a machine that is very busy now`)
    fail({
      subject: `real time from one renewal to the next, the shortest of ${waits.length - 1} (LEASE_MS ${lease})`,
      expected: 'about a third of a lease: when one renewal is lost, the next one must still be in time',
      saw: `~${Math.round(shortest)} ms`,
    })
  }
  expect(sink.calls.length, 'calls of the receiver').toBe(ids.length)
  sink.releaseAll()
  for (const id of ids) expect((await reaches(master, id, 'done')).attempts, `attempts of ${id}`).toBe(1)

  did(
    'A worker fell asleep (SIGSTOP) with a job, and lost it to the other one. When it woke up, I waited for it to notice, and let go of the receiver.',
  )
  sink.behaviour = () => 'hold'
  await submit(master, sink.job('lost', 'lost'))
  const slept = await sink.call('lost')
  const sleeper = workers.find(one => one.name === slept.worker)
  sleeper?.pause()
  await clock.advance(lease + 1)
  const other = await sink.call('lost', 2)
  sleeper?.resume()
  await eventually('the worker that slept gives up the job that it has lost', () => slept.aborted, { within: soon() })
  sink.release(other)
  expect((await reaches(master, 'lost', 'done')).worker, 'who did the job').toBe(other.worker)

  did('A worker that held a job was killed (-9), and the clock moved on by a lease.')
  sink.behaviour = call => (call.attempt === 1 ? 'hold' : 'pass')
  await submit(master, sink.job('orphan', 'orphan'))
  const { worker: name } = await sink.call('orphan')
  await workers.find(one => one.name === name)!.kill()
  await clock.advance(lease + 1)
  const done = await reaches(master, 'orphan', 'done')
  expect(done.attempts, 'attempts of the job whose worker died').toBe(2)
  expect(done.worker === name, 'whether the dead worker is said to have done it').toBe(false)
})
