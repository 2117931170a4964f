import { quantile, type Scrape, scrape } from '../../experiments/metrics.ts'
import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { ask, leads, options, reaches, soon, start, submit } from './support/cluster.ts'
import { startSink } from './support/sink.ts'
import { freeze, HOUR, SECOND, words } from './support/time.ts'

/** Milliseconds that the receiver of one job takes. */
const SLOW = 400

kpi('metrics', async ({ learner, valkey, random, cleanup, timeline }) => {
  const sink = await startSink({ cleanup, timeline })
  const clock = await freeze({ valkey })
  const { master } = await start({ learner, valkey }, { workers: 0 })
  await leads(master)
  const [done, retried, delayed] = [random.int(11, 40), random.int(2, 6), random.int(1, 5)]
  const waited = random.int(31, 59)
  const states = (page: Scrape) =>
    ['waiting', 'delayed', 'active', 'dead'].map(
      state => `${state} ${page.has('scheduler_jobs', { state }) ? page.sum('scheduler_jobs', { state }) : 'missing'}`,
    )

  did(
    `I submitted ${done} jobs that succeed, ${retried} that fail once, one that its receiver refuses (422) and ${delayed} delayed ones. No worker ran.`,
  )
  sink.behaviour = call =>
    call.job === 'refused' ? 422 : call.job === 'held' ? 'hold' : call.job.startsWith('retried') && call.attempt === 1 ? 500 : 'pass'
  await submit(
    master,
    Array.from({ length: done }, (_, i) => sink.job(`done-${i}`, i, { tenant: random.pick(['a', 'b', 'c']) })),
  )
  await submit(
    master,
    Array.from({ length: retried }, (_, i) => sink.job(`retried-${i}`, i)),
  )
  await submit(master, sink.job('refused', 0))
  await submit(
    master,
    Array.from({ length: delayed }, (_, i) => sink.job(`delayed-${i}`, i, { delayMs: 24 * HOUR })),
  )
  const early = await scrape(master.url)
  expect(states(early), 'scheduler_jobs by state').toEqual([`waiting ${done + retried + 1}`, `delayed ${delayed}`, 'active 0', 'dead 0'])
  expect(early.sum('scheduler_submitted_total'), 'scheduler_submitted_total').toBe(done + retried + 1 + delayed)
  expect(early.sum('scheduler_leader'), 'scheduler_leader').toBe(1)

  did(`I moved the clock on by ${waited} s and started a worker; later the failed ones were due, and one job was still running.`)
  await clock.advance(waited * SECOND)
  const worker = await learner.start('src/worker.ts', options({ valkey }, 'worker-1', { LEASE_MS: '900' }))
  await sink.reaches(done)
  await reaches(master, 'refused', 'dead')
  for (let i = 0; i < done; i++) await reaches(master, `done-${i}`, 'done')
  for (let i = 0; i < retried; i++) await reaches(master, `retried-${i}`, 'delayed')
  const wait = await scrape(worker.url)
  const first = done + retried + 1
  expect(wait.sum('scheduler_wait_seconds_count'), 'scheduler_wait_seconds_count').toBe(first)
  const sum = wait.sum('scheduler_wait_seconds_sum')
  if (Math.round(sum) !== first * waited)
    fail({ subject: 'scheduler_wait_seconds_sum', expected: `${first * waited}, by the clock of Redis`, saw: `~${Math.round(sum)}` })
  const median = quantile(wait, 'scheduler_wait_seconds', 0.5)
  if (median < 30 || median > 60)
    expect(median, `median of scheduler_wait_seconds, every job having waited ${words(waited * SECOND)}`).toBe('30 to 60')

  await clock.advance(10 * SECOND)
  for (let i = 0; i < retried; i++) await reaches(master, `retried-${i}`, 'done')
  const held = performance.now()
  await submit(master, sink.job('held', 0))
  await sink.call('held')
  const late = await scrape(worker.url)
  const outcomes = ['done', 'retried', 'dead', 'lost', 'cancelled'].map(
    outcome =>
      `${outcome} ${late.has('scheduler_attempts_total', { outcome }) ? late.sum('scheduler_attempts_total', { outcome }) : 'missing'}`,
  )
  expect(outcomes, 'scheduler_attempts_total by outcome').toEqual([
    `done ${done + retried}`,
    `retried ${retried}`,
    'dead 1',
    'lost 0',
    'cancelled 0',
  ])
  quantile(late, 'scheduler_job_seconds', 0.5)
  expect(late.sum('scheduler_job_seconds_count'), 'scheduler_job_seconds_count').toBe(done + 2 * retried + 1)
  expect(late.sum('scheduler_active_jobs'), 'scheduler_active_jobs').toBe(1)
  expect(states(await scrape(master.url)), 'scheduler_jobs by state').toEqual(['waiting 0', `delayed ${delayed}`, 'active 1', 'dead 1'])

  did('Then a job took a while at its receiver, and I cancelled the one that was running.')
  sink.latency = () => SLOW
  const began = performance.now()
  await submit(master, sink.job('slow', 0))
  await reaches(master, 'slow', 'done')
  await ask(master, 'DELETE', '/jobs/held')
  const cancelled = await eventually(
    'the worker counts the cancelled attempt',
    async () => {
      const page = await scrape(worker.url)
      const count = page.sum('scheduler_attempts_total', { outcome: 'cancelled' })
      return count === 1 ? page : fail({ subject: 'scheduler_attempts_total{outcome="cancelled"}', expected: '1', saw: `${count}` })
    },
    { within: soon() },
  )
  const most = (performance.now() - held) / SECOND + (performance.now() - began) / SECOND
  const spent = cancelled.sum('scheduler_job_seconds_sum') - late.sum('scheduler_job_seconds_sum')
  if (spent < (SLOW / SECOND) * 0.9 || spent > most)
    fail({
      subject: `what two attempts added to scheduler_job_seconds_sum, one of which took ${words(SLOW)} at its receiver`,
      expected: `~${(SLOW / SECOND).toFixed(1)} to ~${most.toFixed(1)}, seconds of real time`,
      saw: `~${spent.toFixed(1)}`,
    })

  for (const program of [master, worker]) {
    const page = await scrape(program.url)
    const real = await program.memory()
    const told = page.sum('process_resident_memory_bytes')
    if (told < real / 3 || told > real * 3)
      expect(`~${Math.round(told / 2 ** 20)} MB`, `process_resident_memory_bytes of ${program.name}`).toBe(
        `~${Math.round(real / 2 ** 20)} MB`,
      )
    expect(page.sum('process_cpu_seconds_total') > 0, `process_cpu_seconds_total of ${program.name} is above 0`).toBe(true)
    expect(page.types.get('process_cpu_seconds_total'), 'TYPE of process_cpu_seconds_total').toBe('counter')
  }
})
