import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { type Ask, asker } from './support/asker.ts'
import { herd } from './support/herd.ts'

const CLIENTS = 100_000

kpi('herd', async ({ learner, random, cleanup }) => {
  const program = await learner.start('src/reconnect-server.ts', { limits: { cpuSeconds: 120 } })
  const reconnect = { spreadMs: random.int(50, 70) * 1000, baseMs: random.int(8, 12) * 100, capMs: random.int(25, 35) * 1000 }
  const waits = await asker(program.port, reconnect, cleanup)
  const { spreadMs, baseMs, capMs } = reconnect
  did(`spreadMs ${spreadMs}, baseMs ${baseMs}, capMs ${capMs}: I asked nextWait() for some clients.`)
  const many = 2000
  const ask = (one: Ask) => waits(Array.from({ length: many }, () => one))
  const spreads = async (one: Ask, from: number, to: number, what: string) => {
    const got = (await ask(one)).sort((a, b) => a - b)
    const [least, most] = [got[0]!, got.at(-1)!]
    if (least < from || most > to)
      fail({ subject: what, expected: `${from} to ${to} ms`, saw: `~${Math.round(least)} to ~${Math.round(most)} ms` })
    // A tenth of the range at each end, and no clump: 2,000 even draws leave no tenth with more than 300 of them but once in 10^12.
    const tenths = Array.from(
      { length: 10 },
      (_, i) => got.filter(wait => Math.min(9, Math.floor(((wait - from) / (to - from)) * 10)) === i).length,
    )
    if (Math.max(...tenths) > 300 || Math.min(...tenths) < 100)
      fail({
        subject: `${what}: of ${many}, how many fell in each tenth of ${from} to ${to} ms`,
        expected: `about ${many / 10} each`,
        saw: tenths.map(count => `~${count}`).join(' '),
      })
  }
  await spreads([0, null], 0, spreadMs, 'the wait before the first attempt')
  for (const failures of [1, 2, 3])
    await spreads(
      [failures, null],
      0,
      Math.min(capMs, baseMs * 2 ** failures),
      `the wait after ${failures} failed attempt${failures > 1 ? 's' : ''}`,
    )
  for (const failures of [20, 60, 2000]) await spreads([failures, null], 0, capMs, `the wait after ${failures} failed attempts`)
  const told = random.int(2000, 9000)
  for (const [failures, most] of [
    [1, told + 2 * baseMs],
    [30, told + capMs],
  ] as const) {
    const got = await ask([failures, told])
    if (got.some(wait => wait < told || wait > most))
      fail({
        subject: `the wait after ${failures} failed attempts and "busy, retryInMs ${told}"`,
        expected: `${told} to at most ${most} ms`,
        saw: `~${Math.round(Math.min(...got))} to ~${Math.round(Math.max(...got))} ms`,
      })
    expect(new Set(got.map(Math.round)).size, `different waits among ${many} clients that were told the same retryInMs`).toBeGreaterThan(
      100,
    )
  }
  const dice = [1, 2].map(() =>
    waits(
      [
        [0, null],
        [3, null],
        [5, told],
      ],
      7,
    ),
  )
  const [once, again] = (await Promise.all(dice)).map(list => list.map(wait => `~${Math.round(wait)}`).join(' '))
  if (once !== again)
    fail({ subject: 'three waits, asked for twice with the same `random`', expected: `the same: ${once}`, saw: `${again}` })
  for (const wait of await ask([0, told])) expect(wait, 'the wait after "bye, reconnectInMs"').toBe(told)

  const options = {
    clients: CLIENTS,
    backAt: random.int(4000, 8000),
    admitPerSecond: 4000,
    queue: 2000,
    until: 10 * 60_000,
    random: random.fork('busy'),
    waits,
  }
  did(
    `${CLIENTS} clients lost their connections in the same millisecond. The servers were back after ${options.backAt} ms, and admitted ${options.admitPerSecond} a second, with ${options.queue} waiting.`,
  )
  const report = await herd(options)
  const peak = Math.max(...report.arrivals)
  const second = report.arrivals.indexOf(peak)
  const even = Math.ceil((1000 * CLIENTS) / spreadMs)
  if (peak > 4 * even)
    fail({
      subject: 'attempts in the worst second',
      expected: `at most ${4 * even} (four times ${even}, the even rate)`,
      saw: `~${peak}, in second ${second + 1}`,
    })
  const late = spreadMs + 3 * capMs
  if (report.admitted < CLIENTS || report.lastAt > late)
    fail({
      subject: `clients admitted within ${late / 1000} s`,
      expected: `all ${CLIENTS}`,
      saw:
        report.admitted < CLIENTS
          ? `${report.admitted} after ${options.until / 1000} s`
          : `the last after ~${Math.round(report.lastAt / 1000)} s`,
    })
  did(`All were in after ~${Math.round(report.lastAt / 1000)} s; ~${peak} attempts in the worst second.`)
})
