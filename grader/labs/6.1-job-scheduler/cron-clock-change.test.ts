import { did, fail, kpi } from '../../kpi/index.ts'
import { ask, leads, reaches, start } from './support/cluster.ts'
import { type Change, changesIn, timesBetween, wallFields, wallOf } from './support/cron-oracle.ts'
import { startSink } from './support/sink.ts'
import { freeze, HOUR, MINUTE } from './support/time.ts'

const ZONES = [
  'Europe/Oslo',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Africa/Cairo',
  'Pacific/Auckland',
  'America/St_Johns',
  'Asia/Beirut',
]

kpi('cron-clock-change', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const changes = ZONES.flatMap(zone => changesIn(zone, random.int(2027, 2030)))
  const kinds = [random.pick(changes.filter(change => change.by > 0)), random.pick(changes.filter(change => change.by < 0))]
  const clock = await freeze({ valkey }, Math.min(...kinds.map(change => change.at)) - 30 * 24 * HOUR)
  const { master } = await start({ learner, valkey })
  await leads(master)

  /** A schedule with its hour in what the wall skips or shows twice. */
  const schedules = ({ zone, at, by }: Change) => {
    // In a gap the label of an instant after the change, as it would have been without it; in a repeat as it was before.
    const inside = at + random.int(0, Math.abs(by) - 1) * MINUTE
    const { hour, minute } = by > 0 ? wallFields(zone, inside, at - MINUTE) : wallFields(zone, inside, at)
    return [
      `${minute} ${hour} * * *`,
      `*/10 ${hour} * * *`,
      `${minute} * * * *`,
      `*/20 */2 * * *`,
      `${minute} ${hour},${(hour + 1) % 24} * * *`,
    ]
  }
  const tell = ({ zone, at, by }: Change) =>
    `${zone}, where the clock goes ${by > 0 ? 'on' : 'back'} by ${Math.abs(by)} min to ${wallOf(zone, at)}`

  did(`I asked for the times of schedules around all ${changes.length} clock changes of a year in ${ZONES.length} zones.`)
  for (const change of random.shuffle(changes))
    for (const schedule of schedules(change)) {
      const after = change.at - random.int(60, 30 * 60) * MINUTE
      const expected = timesBetween(schedule, change.zone, after, change.at + 30 * HOUR)
      const query = new URLSearchParams({
        schedule,
        timezone: change.zone,
        after: String(after),
        count: String(Math.max(1, expected.length)),
      })
      const { times } = await ask<{ times: number[] }>(master, 'GET', `/next?${query}`)
      const wrong = expected.findIndex((time, i) => times[i] !== time)
      if (wrong < 0) continue
      did(`One of them: "${schedule}" in ${tell(change)}.`)
      const near = (list: number[]) =>
        list
          .slice(Math.max(0, wrong - 1), wrong + 3)
          .map(time => wallOf(change.zone, time))
          .join(', ')
      fail({
        subject: `its times after ${wallOf(change.zone, after)}${wrong > 1 ? `, from number ${wrong} on` : ''}`,
        expected: near(expected),
        saw: near(times) || 'none',
      })
    }

  for (const change of kinds.sort((a, b) => a.at - b.at)) {
    const [schedule = ''] = schedules(change)
    did(`I put the cron "${schedule}" in ${tell(change)}, and moved the clock of Redis over it, 10 minutes at a time.`)
    const name = change.by > 0 ? 'gap' : 'repeat'
    const from = change.at - 3 * HOUR - 1
    await clock.set(from)
    await leads(master)
    await ask(master, 'PUT', `/crons/${name}`, { schedule, timezone: change.zone, job: sink.job('', name) })
    const until = change.at + 28 * HOUR
    let awaited: number | undefined
    const due = timesBetween(schedule, change.zone, from, until)
    for (let at = from + 10 * MINUTE; at <= until; at += 10 * MINUTE) {
      await clock.set(at)
      const latest = due.findLast(time => time <= at)
      if (latest === undefined || latest === awaited) continue
      awaited = latest
      await sink.call(`cron:${name}:${latest}`)
      await reaches(master, `cron:${name}:${latest}`, 'done')
    }
    await ask(master, 'DELETE', `/crons/${name}`)
    const runs = sink.calls
      .filter(call => call.job.startsWith(`cron:${name}:`))
      .map(call => wallOf(change.zone, Number(call.job.split(':')[2])))
    const expected = due.map(time => wallOf(change.zone, time))
    if (runs.join() !== expected.join())
      fail({ subject: `when "${schedule}" ran`, expected: expected.join(', '), saw: runs.join(', ') || 'never' })
  }
})
