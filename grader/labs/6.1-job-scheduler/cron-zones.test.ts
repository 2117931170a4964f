import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { ask, leads, options, reaches, start } from './support/cluster.ts'
import { randomSchedule, timesBetween, wallOf } from './support/cron-oracle.ts'
import { startSink } from './support/sink.ts'
import { counts, freeze, HOUR, MINUTE } from './support/time.ts'

const ZONES = [
  'UTC',
  'Europe/Oslo',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Pacific/Chatham',
  'Asia/Kolkata',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
]
const DAYS = 24 * HOUR

kpi('cron-zones', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  // January and February: no clock is changed anywhere.
  const clock = await freeze({ valkey }, Date.UTC(random.int(2027, 2031), 0, random.int(4, 20), random.int(0, 23), random.int(0, 59), 31))
  const { master } = await start({ learner, valkey })
  await leads(master)

  did('I asked the master when random schedules run next, in zones all over the world.')
  for (let tried = 0; tried < 40; ) {
    const [schedule, zone, after] = [randomSchedule(random), random.pick(ZONES), clock.now() + random.int(0, 10 * DAYS)]
    const expected = timesBetween(schedule, zone, after, after + 14 * DAYS).slice(0, 6)
    if (expected.length === 0) continue
    tried++
    const query = new URLSearchParams({ schedule, timezone: zone, after: String(after), count: String(expected.length) })
    const { times } = await ask<{ times: number[] }>(master, 'GET', `/next?${query}`)
    const wrong = expected.findIndex((time, i) => times[i] !== time)
    if (wrong >= 0)
      fail({
        subject: `time ${wrong + 1} of "${schedule}" in ${zone} after ${wallOf(zone, after)}`,
        expected: wallOf(zone, expected[wrong]!),
        saw: times[wrong] === undefined ? 'none' : wallOf(zone, times[wrong]),
      })
  }
  for (const [schedule, timezone] of [
    ['60 * * * *', 'UTC'],
    ['* * * *', 'UTC'],
    ['* * 0 * *', 'UTC'],
    ['5-1 * * * *', 'UTC'],
    ['* * * * *', 'Mars/Olympus'],
  ] as const)
    await ask(master, 'GET', `/next?${new URLSearchParams({ schedule, timezone, after: String(clock.now()) })}`, undefined, 400)
  const year = new Date(clock.now()).getUTCFullYear()
  const leap = Math.ceil(year / 4) * 4
  const day = (time: number) => new Date(time).toISOString().slice(0, 10)
  const rare = await ask<{ times: number[] }>(
    master,
    'GET',
    `/next?${new URLSearchParams({ schedule: '0 12 29 2 *', after: String(clock.now()) })}`,
  )
  expect(rare.times.map(day).join() || 'none', `next time of "0 12 29 2 *" in UTC, asked in January ${year}`).toBe(
    day(Date.UTC(leap, 1, 29, 12)),
  )
  await ask(master, 'PUT', '/crons/never', { schedule: '0 0 31 2 *', timezone: 'UTC', job: sink.job('', 0) }, 400)

  const zone = random.pick(ZONES)
  const job = sink.job('', 'report', { tenant: 'reports' })
  const schedule = `${random.int(0, 59)} ${random.int(0, 4)}-23/${random.int(3, 6)} * * *`
  did(`I put the cron "${schedule}" in ${zone}, and moved the clock on by 24 hours, ten minutes at a time.`)
  const { next } = await ask<{ next: number }>(master, 'PUT', '/crons/report', { schedule, timezone: zone, job: job })
  const began = clock.now()
  const due = timesBetween(schedule, zone, began, began + DAYS)
  expect(next, 'next in the answer').toBe(due[0])
  for (let moved = 10 * MINUTE; moved <= DAYS; moved += 10 * MINUTE) {
    await clock.set(began + moved)
    const count = due.filter(time => time <= began + moved).length
    await counts('runs of the cron', () => sink.applied.map(call => call.job), count)
  }
  const runs = sink.applied.map(call => wallOf(zone, Number(call.job.split(':')[2])))
  expect([...new Set(sink.applied.map(call => call.tenant))], 'tenants of the jobs that it made').toEqual(['reports'])
  expect(runs, 'times for which it ran').toEqual(due.map(time => wallOf(zone, time)))

  const [missed = 0] = timesBetween(schedule, zone, clock.now(), clock.now() + DAYS)
  did('While no master looked (SIGSTOP; a new one had just looked and would again in 10 s), the cron was due. I put it again as it was.')
  master.pause()
  const fresh = await learner.start('src/master.ts', options({ valkey }, 'master-2', { POLL_MS: '10000' }))
  await clock.set(missed + MINUTE)
  await ask(fresh, 'PUT', '/crons/report', { schedule, timezone: zone, job: job })
  await fresh.kill()
  master.resume()
  await sink.call(`cron:report:${missed}`).catch(() =>
    fail({
      subject: `the run that was due at ${wallOf(zone, missed)}, a minute before I put the cron again`,
      expected: 'made: a cron that is put again as it was keeps its next time',
      saw: 'no run',
    }),
  )
  await reaches(master, `cron:report:${missed}`, 'done')

  const other = `${random.int(0, 59)} 12 * * *`
  did(`I put it with another schedule, "${other}"; then I deleted it, and let a day pass.`)
  const changed = await ask<{ next: number }>(master, 'PUT', '/crons/report', {
    schedule: other,
    timezone: zone,
    job: job,
  })
  expect(wallOf(zone, changed.next), 'next in the answer').toBe(
    wallOf(zone, timesBetween(other, zone, clock.now(), clock.now() + DAYS)[0]!),
  )
  await clock.set(changed.next)
  await reaches(master, `cron:report:${changed.next}`, 'done')
  await ask(master, 'DELETE', '/crons/report')
  await ask(master, 'GET', '/crons/report', undefined, 404)
  const calls = sink.calls.length
  await ask(master, 'PUT', '/crons/daily', { schedule: '0 0 * * *', timezone: 'UTC', job: sink.job('', 'daily') })
  await clock.advance(DAYS)
  await sink.call(`cron:daily:${clock.now() - (clock.now() % DAYS)}`)
  expect(
    sink.calls.slice(calls).map(call => call.value),
    'crons that ran that day',
  ).toEqual(['daily'])
})
