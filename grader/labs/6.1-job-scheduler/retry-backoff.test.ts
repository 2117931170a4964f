import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { type JobView, leads, reaches, soon, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { about, freeze, HOUR, words } from './support/time.ts'

const JOBS = 40

kpi('retry-backoff', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const { master } = await start({ learner, valkey })
  await leads(master)
  const base = random.int(10, 40) * 100
  const ids = Array.from({ length: JOBS }, (_, i) => `${random.word(4)}-${i}`)
  const status = random.pick([500, 502, 503])
  sink.behaviour = () => status

  did(`I submitted ${JOBS} jobs with backoffMs ${base}; their receiver answered every attempt with ${status}.`)
  await submit(
    master,
    ids.map(id => sink.job(id, 0, { backoffMs: base, maxAttempts: 20 })),
  )
  for (let attempt = 1; attempt <= 4; attempt++) {
    const whole = base * 2 ** (attempt - 1)
    await eventually(
      'every job is attempted again',
      () => sink.calls.length >= attempt * JOBS || fail({ expected: `${attempt * JOBS} calls`, saw: `${sink.calls.length}` }),
      { within: soon() },
    )
    const jobs: JobView[] = []
    for (const id of ids) jobs.push(await reaches(master, id, 'delayed'))
    for (const { attempts, id } of jobs) expect(attempts, `attempts of ${id} before pause ${attempt}`).toBe(attempt)
    const pauses = jobs.map(one => one.runAt! - clock.now()).sort((a, b) => a - b)
    const range = `${about(pauses[0]!)} to ${about(pauses.at(-1)!)}`
    if (pauses[0]! < Math.floor(whole / 2) || pauses.at(-1)! > whole)
      fail({
        subject: `pauses after failure ${attempt} (backoffMs ${base})`,
        expected: `${words(whole / 2)} to ${words(whole)}`,
        saw: range,
      })
    // 40 draws of at least 500 values: fewer than 20 different ones, or all within a third, do not happen by chance (p < 1e-15).
    const different = new Set(pauses).size
    if (different < JOBS / 2 || pauses.at(-1)! - pauses[0]! < whole / 6)
      fail({
        subject: `pauses after failure ${attempt}`,
        expected: `spread over ${words(whole / 2)} to ${words(whole)}, so that the receiver does not get all ${JOBS} at once`,
        saw: different === 1 ? `${JOBS} times ${about(pauses[0]!)}` : `~${different} different ones, ${range}`,
      })
    did(`I moved the clock of Redis on by ${about(pauses.at(-1)!)}, the longest of the pauses.`)
    if (attempt === 4) sink.behaviour = () => 'pass'
    await clock.advance(pauses.at(-1)!)
  }
  for (const id of ids) expect((await reaches(master, id, 'done')).attempts, `attempts of ${id}`).toBe(5)
  expect(sink.violations, 'wrong uses of fencing tokens').toEqual([])

  did('I submitted 10 jobs with backoffMs of an hour, which failed twice.')
  sink.behaviour = () => 500
  const often = Array.from({ length: 10 }, (_, i) => `often-${i}`)
  await submit(
    master,
    often.map(id => sink.job(id, 0, { backoffMs: HOUR, maxAttempts: 9 })),
  )
  for (const id of often) await reaches(master, id, 'delayed')
  await clock.advance(HOUR)
  for (const id of often) await sink.call(id, 2)
  const capped: number[] = []
  for (const id of often) capped.push((await reaches(master, id, 'delayed')).runAt! - clock.now())
  const [shortest, longest] = [Math.min(...capped), Math.max(...capped)]
  const subject = 'pauses after failure 2 (backoffMs one hour)'
  if (longest > HOUR || shortest < HOUR / 2) {
    const saw = `${about(shortest)} to ${about(longest)}`
    fail({ subject, expected: `${words(HOUR / 2)} to ${words(HOUR)}: an hour is the longest pause, and half of it is drawn`, saw })
  }
  if (new Set(capped).size < 5)
    fail({ subject, expected: 'spread over 30 min to 1 h: a pause of an hour is drawn, too', saw: `10 times ${about(longest)}` })
})
