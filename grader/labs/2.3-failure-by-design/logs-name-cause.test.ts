import { killContainer } from '../../engines/docker/nemesis.ts'
import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { book, inWords, RECOVERS_WITHIN, read, works } from './support/client.ts'
import { linesOf } from './support/log.ts'

/** Milliseconds from the fault to the line. */
const LOGGED_WITHIN = 5000
/** Lines of one outage: a flood hides what it tells. */
const LINES_AT_MOST = 5

kpi('logs-name-cause', async ({ compose, random }) => {
  const project = await compose.up({ within: 90_000 })
  const prefix = random.word(6)
  await works(project, prefix)
  for (const [service, dependency] of [
    ['cache', 'cache'],
    ['db', 'database'],
  ] as const) {
    const [downs, ups] = [await linesOf(project, 'dependency-down', dependency), await linesOf(project, 'dependency-up', dependency)]
    const heal = await killContainer(project, service).inject()
    if (!heal) inconclusive(`${service} could not be killed`)
    did(`I killed ${service}, sent nothing, and read the log of api.`)
    const line = await eventually(
      `a line of the log with event dependency-down and dependency ${dependency}`,
      async () => (await linesOf(project, 'dependency-down', dependency))[downs.length],
      // Reading takes its time on a busy machine; what counts is the engine's time of the line.
      { within: 3 * LOGGED_WITHIN, every: 100 },
    )
    const died = project.events.seen.findLast(event => event.service === service && event.action === 'die')
    if (!died) inconclusive(`the engine did not tell when ${service} ended`)
    const after = line.at - died.at
    if (after > LOGGED_WITHIN) fail({ subject: 'time until that line', expected: 'within 5 s', saw: `~${(after / 1000).toFixed(1)} s` })
    if (typeof line.cause !== 'string' || !/conn|time|clos|terminat|reset|refused|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|write/i.test(line.cause))
      fail({ subject: 'the cause in that line', expected: 'what the connection said', saw: JSON.stringify(line.cause) ?? 'no cause' })
    if (service === 'cache') {
      const { status } = await book(project, `${prefix}-without-cache`)
      expect(inWords(status), 'POST /bookings without a cache: the database is well').toBe('201')
      const { status: seen } = await read(project, `${prefix}-without-cache`)
      expect(inWords(seen), 'GET of it').toBe('200')
    } else for (let n = 0; n < 20; n++) await read(project, `${prefix}-${n}`)
    const lines = (await linesOf(project, 'dependency-down', dependency)).length - downs.length
    expect(lines <= LINES_AT_MOST ? 'few' : 'one for each request', `lines about this failure of ${service}`).toBe('few')

    await heal!()
    await eventually(
      `a line of the log with event dependency-up and dependency ${dependency}`,
      async () => (await linesOf(project, 'dependency-up', dependency))[ups.length],
      { within: RECOVERS_WITHIN, every: 100 },
    )
  }
})
