import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { random } from '../../../../kpi/random.ts'
import { startPipeline } from '../../testing/pipeline.ts'

/** MILLRACE_SOAK_KILLS makes it longer, MILLRACE_SEED replays. */
const KILLS = Number(process.env['MILLRACE_SOAK_KILLS'] ?? 2)
const seed = Number(process.env['MILLRACE_SEED'] ?? Date.now() % 100_000)
let pipe: Awaited<ReturnType<typeof startPipeline>>
const sql = async (text: string, values?: unknown[]) => (await pipe.postgres.admin.query(text, values)).rows

beforeAll(async () => {
  pipe = await startPipeline()
})
afterEach(() => pipe.clear())
afterAll(() => pipe.close())

/** A sink on a topic of its own, running, into the table of the same name. */
async function sink(table: string, more: Record<string, string> = {}) {
  const topic = `${pipe.kafka.topicPrefix}${table}`
  const name = `${pipe.kafka.topicPrefix}sink_${table}`
  await pipe.kafka.admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  const { host, port, database, user, password } = pipe.postgres
  const config = {
    'connector.class': 'io.confluent.connect.jdbc.JdbcSinkConnector',
    topics: topic,
    'connection.url': `jdbc:postgresql://${host}:${port}/${database}`,
    'connection.user': user,
    'connection.password': password,
    'table.name.format': table,
    'insert.mode': 'upsert',
    'pk.mode': 'record_key',
    'retry.backoff.ms': '100',
    ...more,
  }
  expect(await pipe.create(name, config)).toMatchObject({ status: 201 })
  await expect.poll(() => pipe.state(name), { timeout: 15_000 }).toBe('RUNNING')
  const producer = pipe.kafka.client.producer()
  await producer.connect()
  return { name, config, topic, send: (...messages: { key: string | null; value: string | null }[]) => producer.send({ topic, acks: -1, messages }), end: () => producer.disconnect() } // biome-ignore format: one line
}

const int = (field: string) => ({ type: 'int64', optional: false, field })
const KEY = { type: 'struct', optional: false, fields: [int('id')] }
const key = (id: number) => JSON.stringify({ schema: KEY, payload: { id } })
const value = (payload: Record<string, unknown> | null, fields: unknown[] = [{ type: 'string', optional: true, field: 'name' }]) =>
  payload && JSON.stringify({ schema: { type: 'struct', optional: false, fields }, payload })
const row = (id: number, name: string | null) => ({ key: key(id), value: value({ name }) })

test('upsert writes each key once, the last value wins, a null value deletes; doing it all again changes nothing', async () => {
  const { send, end, name, topic } = await sink('people', { 'auto.create': 'true', 'delete.enabled': 'true' })
  await send(row(1, 'a'), row(2, 'b'), row(1, 'A'), row(3, 'c'), { key: key(3), value: null }, { key: key(4), value: null })
  const all = () => sql('SELECT * FROM people ORDER BY id')
  await expect
    .poll(() => all().catch(() => []), { timeout: 10_000 })
    .toEqual([
      { id: '1', name: 'A' },
      { id: '2', name: 'b' },
    ])
  // The consumer starts from the beginning: everything comes a second time.
  await pipe.connect.ask(`/connectors/${name}/stop`, 'PUT')
  await pipe.kafka.admin.resetOffsets({ groupId: `connect-${name}`, topic, earliest: true })
  await pipe.connect.ask(`/connectors/${name}/resume`, 'PUT')
  await send(row(5, 'e'))
  await expect.poll(all, { timeout: 15_000 }).toEqual([
    { id: '1', name: 'A' },
    { id: '2', name: 'b' },
    { id: '5', name: 'e' },
  ])
  await end()
})

test(
  `killed ${KILLS} times between write and commit (seed ${seed}): the table equals what was sent`,
  async () => {
    const { send, end } = await sink('steady', { 'auto.create': 'true' })
    const expected = new Map<string, string>()
    const draw = random(seed, 'sink kills')
    for (let round = 0; round < KILLS; round++) {
      const rows = Array.from({ length: 500 }, (_, i) => row(i % 97, `${round}/${i}`))
      for (const [i] of rows.entries()) expected.set(String(i % 97), `${round}/${i}`)
      await send(...rows)
      // The moment: as many rows of this round as were drawn are in the table.
      const written = draw.int(0, 97)
      const found = async () => (await sql('SELECT count(*)::int AS n FROM steady WHERE name LIKE $1', [`${round}/%`]))[0].n
      await expect.poll(() => found().catch(() => -1), { timeout: 20_000, interval: 1 }).toBeGreaterThanOrEqual(written)
      await pipe.connect.restart()
    }
    const all = async () => new Map((await sql('SELECT id, name FROM steady')).map(one => [one.id, one.name]))
    await expect.poll(() => all().catch(() => null), { timeout: 20_000 }).toEqual(expected)
    await end()
  },
  60_000 + KILLS * 10_000,
)

test('a poison message goes to the dead letter queue with its reason; the rest flows', async () => {
  const dlq = `${pipe.kafka.topicPrefix}dlq`
  const { send, end, name, topic } = await sink('guarded', {
    'errors.tolerance': 'all',
    'errors.deadletterqueue.topic.name': dlq,
    'errors.deadletterqueue.context.headers.enable': 'true',
    'auto.create': 'true',
  })
  const bad = '{"schema": oops'
  const count = [{ type: 'string', optional: true, field: 'name' }, { type: 'string', optional: true, field: 'amount' }] // biome-ignore format: one line
  await sql('CREATE TABLE IF NOT EXISTS guarded (id bigint PRIMARY KEY, name text, amount int CHECK (amount < 100))')
  await sql(`ALTER TABLE guarded OWNER TO ${pipe.postgres.user}`)
  await send(
    row(1, 'good'),
    { key: key(2), value: bad },
    { key: key(3), value: value({ name: 'x', amount: '500' }, count) },
    { key: key(4), value: null },
    { key: null, value: value({ name: 'no key' }) },
    row(5, 'good too'),
  )
  await expect.poll(() => sql('SELECT id, name FROM guarded ORDER BY id'), { timeout: 15_000 }).toEqual([{ id: '1', name: 'good' }, { id: '5', name: 'good too' }]) // biome-ignore format: one line
  await expect.poll(() => pipe.count(dlq), { timeout: 10_000 }).toBe(4)
  const letters = await pipe.read(dlq)
  const header = (i: number, what: string) => String(letters[i]!.headers?.[`__connect.errors.${what}`])
  const read = letters.map((_, i) => [Number(header(i, 'offset')), header(i, 'stage')]).sort(([a], [b]) => Number(a) - Number(b))
  expect(read).toEqual([
    [1, 'VALUE_CONVERTER'],
    [2, 'TASK_PUT'],
    [3, 'TASK_PUT'],
    [4, 'TASK_PUT'],
  ])
  const first = letters.findIndex((_, i) => header(i, 'offset') === '1')
  expect(String(letters[first]!.value)).toBe(bad)
  expect([header(first, 'topic'), header(first, 'connector.name')]).toEqual([topic, name])
  expect(letters.map((_, i) => header(i, 'exception.message')).join()).toContain('guarded_amount_check')
  await end()
})

test('errors.tolerance=none fails the task at the poison message and says where it is; nothing after it is written', async () => {
  const { send, end, name } = await sink('strict', { 'auto.create': 'true' })
  await send(row(1, 'good'))
  await expect.poll(() => sql('SELECT * FROM strict').catch(() => []), { timeout: 10_000 }).toHaveLength(1)
  await send({ key: key(2), value: 'poison' }, row(3, 'after'))
  await expect.poll(() => pipe.state(name), { timeout: 10_000 }).toMatch(/FAILED.*offset 1: Converting byte/)
  expect(await sql('SELECT * FROM strict')).toHaveLength(1)
  await end()
})

test.each([
  ['delete.enabled without a record key', { 'delete.enabled': 'true', 'pk.mode': 'record_value' }, 'record_key'],
  ['upsert without a key', { 'pk.mode': 'none' }, 'Primary key mode must be set'],
  ['a URL of another database', { 'connection.url': 'jdbc:mysql://localhost/x' }, 'jdbc:postgresql'],
])('%s is refused', async (_what, more, why) => {
  const config = { 'connector.class': 'JdbcSink', 'topics': 'x', 'connection.url': 'jdbc:postgresql://h/d', 'insert.mode': 'upsert', 'pk.mode': 'record_key', ...more } // biome-ignore format: one line
  const answer = await pipe.create('refused', config)
  expect(answer.status).toBe(400)
  expect(answer.body['message']).toContain(why)
})

test('a table through source and sink, as Avro and flattened, equals itself, with deletes and a new column', async () => {
  await sql('CREATE TABLE origin (id int PRIMARY KEY, n numeric(9,3), at timestamp, day date, tags jsonb, ok boolean)')
  await sql(`ALTER TABLE origin OWNER TO ${pipe.postgres.user}`)
  const insert = `INSERT INTO origin SELECT n, n * 1.125, '2026-01-01 00:00:00.123456'::timestamp + n * interval '1 h', date '1969-12-30' + n, jsonb_build_object('n', n), n % 2 = 0 FROM generate_series`
  await sql(`${insert}(1, 200) n`)
  const avro = Object.fromEntries(
    ['key', 'value'].flatMap(kind => [
      [`${kind}.converter`, 'io.confluent.connect.avro.AvroConverter'],
      [`${kind}.converter.schema.registry.url`, pipe.registry.url],
    ]),
  )
  const { name, config, prefix } = pipe.source({ ...avro, 'table.include.list': 'public.origin' })
  // The sink is there first: the topics that it reads come later.
  await sink('copy', {
    ...avro,
    ...{
      topics: '',
      'topics.regex': `${prefix.replaceAll('.', '\\.')}\\.public\\..*`,
      'auto.create': 'true',
      'auto.evolve': 'true',
      'delete.enabled': 'true',
    },
    ...{ transforms: 'unwrap', 'transforms.unwrap.type': 'io.debezium.transforms.ExtractNewRecordState' },
  }).then(({ end }) => end())
  expect((await pipe.create(name, config)).status).toBe(201)
  await sql(`${insert}(201, 300) n`)
  await sql('UPDATE origin SET n = -n WHERE id % 5 = 0')
  await sql('DELETE FROM origin WHERE id % 7 = 0')
  await sql('ALTER TABLE origin ADD COLUMN added text')
  await sql("UPDATE origin SET added = 'x' WHERE id % 3 = 0")
  const of = (table: string) => sql(`SELECT id, n, at, day, tags, ok, added FROM ${table} ORDER BY id`).catch(() => [])
  await expect.poll(() => of('copy'), { timeout: 20_000 }).toEqual(await of('origin'))
  expect(await of('copy')).toHaveLength(300 - 42)
}, 60_000)
