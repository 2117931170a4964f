import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { job, leads, reaches, soon, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze, HOUR, MINUTE, words } from './support/time.ts'

kpi('delayed', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const { master } = await start({ learner, valkey })
  await leads(master)

  // Pairs one millisecond apart: when the first of a pair runs, the second is still to come.
  const delays = Array.from({ length: 4 }, (_, i) => (i + 1) * 40 * MINUTE + random.int(0, 30 * MINUTE))
  const names = random.shuffle(
    delays.flatMap((delay, i) => [
      { id: `due-${i}`, delay },
      { id: `next-${i}`, delay: delay + 1 },
    ]),
  )
  did(`I submitted ${names.length} jobs to run in ${words(delays[0]!)} and later, some by delayMs, some by runAt, and one to run at once.`)
  for (const { id, delay } of names)
    await submit(master, sink.job(id, id, random.next() < 0.5 ? { delayMs: delay } : { runAt: clock.now() + delay }))
  const began = clock.now()
  await submit(master, sink.job('at-once', ''))
  await reaches(master, 'at-once', 'done')

  for (const [i, delay] of delays.entries()) {
    did(`I moved the clock of Redis on to ${words(delay)} after the start.`)
    await clock.set(began + delay)
    await reaches(master, `due-${i}`, 'done')
    const waiting = await job(master, `next-${i}`)
    const still = waiting.state === 'delayed' && sink.of(`next-${i}`).length === 0
    expect(still ? 'delayed' : 'no longer', 'the job that is due a millisecond later').toBe('delayed')
    expect(waiting.runAt! - began, 'its runAt, in milliseconds after the start').toBe(delay + 1)
    await clock.set(began + delay + 1)
    await reaches(master, `next-${i}`, 'done')
  }
  expect(
    sink.calls.map(call => call.job),
    'what ran, in order',
  ).toEqual(['at-once', ...delays.flatMap((_, i) => [`due-${i}`, `next-${i}`])])

  did('I submitted 1,000 jobs that do nothing, delayed by an hour, and moved the clock on by that hour.')
  const many = Array.from({ length: 1000 }, (_, i) => ({ id: `many-${i}`, kind: 'noop', delayMs: HOUR }))
  await submit(master, many)
  await clock.advance(HOUR)
  for (const { id } of [...Array.from({ length: 5 }, () => random.pick(many)), many.at(-1)!, many[0]!])
    await eventually(
      'every job whose time has come is promoted',
      async () => (await job(master, id)).state !== 'delayed' || fail({ expected: 'none is delayed any more', saw: 'some still are' }),
      { within: soon() },
    )
})
