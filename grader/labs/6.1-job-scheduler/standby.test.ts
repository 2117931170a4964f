import { scrape } from '../../experiments/metrics.ts'
import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import type { Program } from '../../learner/types.ts'
import { ask, options, reaches, soon, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze, MINUTE, words } from './support/time.ts'

// More than two moves of a minute: between two runs of the cron the leader has looked, and renewed, at least once since the clock before the last.
const LEASE = 150_000

interface Lead {
  leader: boolean
  epoch: number
}

kpi('standby', async ({ learner, valkey, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey }, 1_790_000_040_500)
  const env = { MASTER_LEASE_MS: String(LEASE) }
  const { masters } = await start({ learner, valkey }, { masters: 2, env })
  const living = new Set(masters)
  const lead = (master: Program) => ask<Lead>(master, 'GET', '/leader')

  /** Exactly one of the living leads. */
  const leader = async (above: number) => {
    let saw = ''
    const found = await eventually(
      'one master leads',
      async () => {
        const all = await Promise.all([...living].map(async master => ({ master, ...(await lead(master)) })))
        saw = all
          .map(seen => `one ${seen.leader ? 'leads' : 'follows'} in epoch ${seen.epoch}`)
          .sort()
          .join(', ')
        const [one, ...others] = all.filter(seen => seen.leader)
        // Before anybody slept, with the clock standing still, two at once are no leftover of what they knew before.
        if (one && others.length > 0 && above === 0) return { ...one, others }
        return one && others.length === 0 && one.epoch > above
          ? { ...one, others }
          : fail({ expected: `one leader, in an epoch above ${above}`, saw })
      },
      { within: soon() },
    )
    if (found.others.length > 0) fail({ subject: 'GET /leader on both masters', expected: 'one leads, the other follows', saw })
    return found
  }

  // Runs that are due, by the contract: of several missed ones the latest.
  const due: number[] = []
  const pass = async (minutes: number) => {
    await clock.advance(minutes * MINUTE)
    due.push(clock.now() - (clock.now() % MINUTE))
  }
  const ran = async () => {
    await sink.call(`cron:beat:${due.at(-1)}`)
    await reaches([...living][0]!, `cron:beat:${due.at(-1)}`, 'done')
  }
  const move = (minutes: number) => pass(minutes).then(ran)

  const first = await leader(0)
  did(
    `Two masters, one leads. I gave the other one a cron that runs every minute and a delayed job, and moved the clock on by three minutes, one by one.`,
  )
  const follower = masters.find(master => master !== first.master)!
  for (const [master, value] of [
    [first.master, 1],
    [follower, 0],
  ] as const)
    expect((await scrape(master.url)).sum('scheduler_leader'), `scheduler_leader of the one that ${value ? 'leads' : 'follows'}`).toBe(
      value,
    )
  await ask(follower, 'PUT', '/crons/beat', { schedule: '* * * * *', timezone: 'UTC', job: sink.job('', 'beat') })
  for (let i = 0; i < 3; i++) await move(1)
  await submit(follower, sink.job('later', 'later', { delayMs: 2 * MINUTE }))

  did(`I killed the leader (-9), and moved the clock on by three minutes; its lease was ${words(LEASE)}.`)
  living.delete(first.master)
  await first.master.kill()
  await pass(3)
  const second = await leader(first.epoch)
  await ran()
  await reaches(second.master, 'later', 'done')
  await move(1)

  did('I started it again, paused the new leader (SIGSTOP) for three minutes, and let it go on.')
  living.add(await learner.start('src/master.ts', options({ valkey }, 'master-3', env)))
  second.master.pause()
  living.delete(second.master)
  await pass(3)
  const third = await leader(second.epoch)
  await ran()
  living.add(second.master)
  second.master.resume()
  await leader(second.epoch)
  for (let i = 0; i < 3; i++) await move(1)
  expect((await leader(second.epoch)).epoch, 'epoch, with the leader alive and well').toBe(third.epoch)

  const minute = (at: number) => new Date(at).toISOString().slice(11, 16)
  const runs = sink.calls.filter(call => call.job.startsWith('cron:')).map(call => minute(Number(call.job.split(':')[2])))
  expect(runs.sort(), 'minutes for which the cron ran').toEqual(due.map(minute).sort())
  expect(sink.of('later').length, 'times that the delayed job ran').toBe(1)
})
