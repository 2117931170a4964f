/**
 * Whatever is killed: the events, applied in their order, give the table; each transaction's events come in full; what comes twice has the
 * same lsn. MILLRACE_SOAK_KILLS makes it longer, MILLRACE_SEED replays.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { random } from '../../../../kpi/random.ts'
import { startPipeline } from '../../testing/pipeline.ts'

const KILLS = Number(process.env['MILLRACE_SOAK_KILLS'] ?? 4)
const seed = Number(process.env['MILLRACE_SEED'] ?? Date.now() % 100_000)
let pipe: Awaited<ReturnType<typeof startPipeline>>

beforeAll(async () => {
  pipe = await startPipeline()
})

afterAll(() => pipe.close())

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Writers that insert, update and delete until told to stop; each transaction moves an amount between two accounts. */
function writers(count: number, stopped: () => boolean) {
  const draw = random(seed, 'writers')
  return Promise.all(
    Array.from({ length: count }, async (_, writer) => {
      const mine = draw.fork(String(writer))
      let n = 0
      while (!stopped()) {
        const client = await pipe.postgres.admin.connect()
        try {
          await client.query('BEGIN')
          const [a, b] = [mine.int(0, 19), mine.int(20, 39)]
          await client.query('UPDATE accounts SET balance = balance - 1 WHERE id = $1', [a])
          await client.query('UPDATE accounts SET balance = balance + 1 WHERE id = $1', [b])
          const id = 1000 + writer * 1_000_000 + n++
          await client.query('INSERT INTO accounts VALUES ($1, $2, repeat($3, 50))', [id, n, 'é'])
          if (n % 3 === 0) await client.query('DELETE FROM accounts WHERE id = $1', [id - 1])
          await client.query(n % 7 === 0 ? 'ROLLBACK' : 'COMMIT')
        } finally {
          client.release()
        }
        await sleep(10)
      }
    }),
  )
}

/** The table as the events tell it. Every event is one of a row's states: later ones win, by the log's order. */
function replay(events: Awaited<ReturnType<typeof pipe.events>>) {
  const rows = new Map<number, Record<string, unknown>>()
  for (const { key, event } of events) {
    if (event === null) rows.delete(key!['id'] as number)
    else if (event.op === 'd') rows.delete(event.before!['id'] as number)
    else rows.set(event.after!['id'] as number, event.after!)
  }
  return rows
}

async function endsEqual(topic: string): Promise<Awaited<ReturnType<typeof pipe.events>>> {
  await pipe.postgres.admin.query("INSERT INTO accounts VALUES (999, 0, 'the last one')")
  const { rows } = await pipe.postgres.admin.query('SELECT id, balance, note FROM accounts')
  const expected = new Map(rows.map(row => [row.id, row]))
  const last = async () => (await pipe.events(topic)).some(({ event }) => event?.after?.['id'] === 999)
  await expect.poll(last, { timeout: 30_000, interval: 200 }).toBe(true)
  const events = await pipe.events(topic)
  expect(new Map([...replay(events)].sort(([a], [b]) => a - b))).toEqual(new Map([...expected].sort(([a], [b]) => a - b)))
  return events
}

/** A table of 40 accounts and `more` other rows, and a source that captures it. */
async function accounts(more = 0) {
  await pipe.clear()
  await pipe.postgres.admin.query('DROP TABLE IF EXISTS accounts')
  await pipe.postgres.admin.query('CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL, note text)')
  await pipe.postgres.admin.query(`ALTER TABLE accounts OWNER TO ${pipe.postgres.user}`)
  await pipe.postgres.admin.query('INSERT INTO accounts SELECT n, 100, NULL FROM generate_series(0, 39) n')
  await pipe.postgres.admin.query("INSERT INTO accounts SELECT -n, 1, repeat('x', 100) FROM generate_series(1, $1) n", [more])
  const { name, config, prefix } = pipe.source({
    'table.include.list': 'public.accounts',
    'snapshot.fetch.size': '100',
    'key.converter.schemas.enable': 'false',
    'value.converter.schemas.enable': 'false',
    'retriable.restart.connector.wait.ms': '50',
  })
  return { name, config, topic: `${prefix}.public.accounts` }
}

test(
  `the worker is killed in the snapshot and ${KILLS} times in the stream, with writers at work (seed ${seed})`,
  async () => {
    const { name, config, topic } = await accounts(4_000)
    const draw = random(seed, 'kills')
    let stop = false
    const writing = writers(2, () => stop)
    await pipe.create(name, config)
    // In the middle of the snapshot: some of it is out, not all.
    await expect.poll(() => pipe.count(topic), { timeout: 10_000, interval: 5 }).toBeGreaterThan(300)
    expect(await pipe.count(topic)).toBeLessThan(4_040)
    await pipe.connect.restart()
    await expect.poll(() => pipe.state(name), { timeout: 20_000 }).toBe('RUNNING')
    await expect.poll(() => pipe.count(topic), { timeout: 20_000 }).toBeGreaterThan(4_000)
    for (let kills = 0; kills < KILLS; kills++) {
      await sleep(draw.int(50, 500))
      await pipe.connect.restart()
      if (kills % 2 === 1) await expect.poll(() => pipe.state(name), { timeout: 20_000 }).toBe('RUNNING')
    }
    stop = true
    await writing
    const events = await endsEqual(topic)
    const changes = events.flatMap(({ event }) => (event && event.op !== 'r' ? [event] : []))
    // Twice the same change is twice the same event.
    const byLsn = Map.groupBy(changes, event => `${event.source.lsn} ${event.op} ${event.after?.['id'] ?? event.before?.['id']}`)
    for (const same of byLsn.values())
      expect(new Set(same.map(event => JSON.stringify([event.before, event.after, event.source.txId]))).size).toBe(1)
    // A transaction moves as much as it takes: none is there by half.
    const balances = new Map<number, number>()
    for (const [same] of byLsn.values()) {
      const { after, source, op } = same!
      if (op === 'u') balances.set(source.txId, (balances.get(source.txId) ?? 0) + ((after!['id'] as number) < 20 ? -1 : 1))
    }
    expect([...balances].filter(([, sum]) => sum !== 0)).toEqual([])
  },
  90_000 + KILLS * 10_000,
)

test('the database and the broker are killed: nothing is lost', async () => {
  const { name, config, topic } = await accounts()
  await pipe.create(name, config)
  await expect.poll(() => pipe.count(topic), { timeout: 20_000 }).toBe(40)
  const insert = (id: number) => pipe.postgres.admin.query("INSERT INTO accounts VALUES ($1, 1, 'x')", [id])
  await insert(5001)
  await pipe.kafka.kill()
  await insert(5002)
  await pipe.kafka.start()
  await insert(5003)
  await expect.poll(() => pipe.count(topic), { timeout: 20_000 }).toBeGreaterThanOrEqual(43)
  await pipe.postgres.restart()
  await insert(5004)
  await endsEqual(topic)
}, 60_000)

test('what the broker has not acknowledged, the server keeps', async () => {
  const { name, config, topic } = await accounts()
  await pipe.create(name, config)
  await expect.poll(() => pipe.count(topic), { timeout: 20_000 }).toBeGreaterThanOrEqual(40)
  await pipe.postgres.admin.query("INSERT INTO accounts VALUES (6001, 1, 'x')")
  await expect.poll(() => pipe.count(topic), { timeout: 20_000 }).toBeGreaterThanOrEqual(41)
  const confirmed = async () => {
    const { rows } = await pipe.postgres.admin.query('SELECT confirmed_flush_lsn::text AS lsn FROM pg_replication_slots WHERE slot_name = $1', [config['slot.name']]) // biome-ignore format: one line
    return rows[0].lsn
  }
  await sleep(600)
  const before = await confirmed()
  await pipe.kafka.pause()
  await pipe.postgres.admin.query("INSERT INTO accounts VALUES (6002, 1, 'x')")
  await sleep(1_500)
  expect(await confirmed()).toBe(before)
  await pipe.kafka.resume()
  await expect.poll(confirmed, { timeout: 20_000 }).not.toBe(before)
  await endsEqual(topic)
}, 60_000)

test('a slot that is gone fails the task, and when_needed takes a new snapshot', async () => {
  const { name, config, topic } = await accounts()
  await pipe.create(name, config)
  await expect.poll(() => pipe.count(topic), { timeout: 20_000 }).toBeGreaterThanOrEqual(40)
  await pipe.connect.ask(`/connectors/${name}/stop`, 'PUT')
  const drop = 'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active'
  // The server notices a little later that its reader has gone.
  await expect.poll(async () => (await pipe.postgres.admin.query(drop, [config['slot.name']])).rowCount).toBe(1)
  await pipe.postgres.admin.query("INSERT INTO accounts VALUES (7001, 1, 'nobody streams this')")
  await pipe.connect.ask(`/connectors/${name}/resume`, 'PUT')
  await expect.poll(() => pipe.state(name), { timeout: 10_000 }).toContain('no longer available on the server')
  await pipe.connect.ask(`/connectors/${name}/config`, 'PUT', { ...config, 'snapshot.mode': 'when_needed' })
  await endsEqual(topic)
}, 60_000)
