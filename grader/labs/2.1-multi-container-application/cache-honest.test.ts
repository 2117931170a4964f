import { did, eventually, expect, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { ask, newVehicles, sql, works } from './support/api.ts'

const LONGEST_TTL = 3600
/** Long enough for five reads on a busy machine, shorter than the API's patience. */
const HELD_SECONDS = 3

kpi('cache-honest', async ({ compose, random }) => {
  const project = await compose.up({ within: 90_000 })
  const [vehicle, contested] = await newVehicles(project, random, 2)
  await works(project, vehicle!)
  await ask(project, vehicle!.id)
  const { stdout } = await project.exec('cache', ['sh', '-c', 'for key in $(valkey-cli KEYS "*"); do valkey-cli TTL "$key"; done'])
  const ttls = stdout
    .split('\n')
    .filter(line => line !== '')
    .map(Number)
  did('I read a vehicle and looked how long its copy stays.')
  if (ttls.length === 0) fail({ subject: 'keys in the cache', expected: 'the vehicle', saw: 'none' })
  if (ttls.some(ttl => ttl < 0 || ttl > LONGEST_TTL))
    fail({
      subject: 'TTL of keys in the cache',
      expected: `1 to ${LONGEST_TTL} s`,
      saw: ttls.some(ttl => ttl === -1) ? 'none: it stays for ever' : `${Math.max(...ttls)} s`,
    })

  for (let i = 0; i < 3; i++) {
    const change = { plate: `FJ ${random.int(10_000, 99_999)}`, payload_kg: random.int(1000, 25_000) }
    expect((await ask(project, vehicle!.id, change)).status, 'PUT').toBe(200)
    expect((await ask(project, vehicle!.id)).body, 'GET right after the PUT was answered').toEqual({ id: vehicle!.id, ...change })
  }
  did('I changed it three times; each read showed the change.')

  // A row that is held keeps a change waiting: readers come in between, as they do.
  const { id } = contested!
  await ask(project, id)
  const held = sql(project, `BEGIN; SELECT 1 FROM vehicles WHERE id = '${id}' FOR UPDATE; SELECT pg_sleep(${HELD_SECONDS}); COMMIT`)
  held.catch(() => {})
  const waits = async (what: string) => Number((await sql(project, `SELECT count(*) FROM pg_stat_activity WHERE ${what}`))[0]) > 0
  await eventually('the row is held', () => waits("wait_event = 'PgSleep'"))
  const change = { plate: `FJ ${random.int(10_000, 99_999)}`, payload_kg: random.int(1000, 25_000) }
  const put = ask(project, id, change)
  await eventually('the change waits for the row', () => waits("wait_event_type = 'Lock'"))
  for (let reader = 0; reader < 5; reader++) await ask(project, id)
  if (!(await waits("wait_event_type = 'Lock'"))) inconclusive('The row was free again before the readers had come.')
  await held
  expect((await put).status, 'PUT that waited for the row').toBe(200)
  did('I held the row while a change waited for it, and read the vehicle meanwhile.')
  expect((await ask(project, id)).body, 'GET after that change was answered').toEqual({ id, ...change })
})
