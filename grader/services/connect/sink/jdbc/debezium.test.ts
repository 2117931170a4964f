import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startPipeline } from '../../testing/pipeline.ts'

const CLASS = 'io.debezium.connector.jdbc.JdbcSinkConnector'
let pipe: Awaited<ReturnType<typeof startPipeline>>
const sql = async (text: string) => (await pipe.postgres.admin.query(text)).rows

beforeAll(async () => {
  pipe = await startPipeline()
})
afterEach(() => pipe.clear())
afterAll(() => pipe.close())

/** A sink of Debezium's class on a topic of its own. */
async function sink(table: string, more: Record<string, string> = {}) {
  const topic = `${pipe.kafka.topicPrefix}${table}`
  const name = `${pipe.kafka.topicPrefix}dbz_${table}`
  await pipe.kafka.admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  const { host, port, database, user, password } = pipe.postgres
  const config = {
    ...{ 'connector.class': CLASS, topics: topic, 'collection.name.format': table, 'insert.mode': 'upsert' },
    ...{ 'connection.url': `jdbc:postgresql://${host}:${port}/${database}`, 'connection.username': user, 'connection.password': password },
    ...{ 'primary.key.mode': 'record_value', 'primary.key.fields': 'id', ...more },
  }
  expect(await pipe.create(name, config)).toMatchObject({ status: 201 })
  await expect.poll(() => pipe.state(name), { timeout: 15_000 }).toBe('RUNNING')
  const producer = pipe.kafka.client.producer()
  await producer.connect()
  const send = async (...values: (string | null)[]) => {
    await producer.send({ topic, acks: -1, messages: values.map(value => ({ key: '{"schema":{"type":"struct","optional":false,"fields":[{"field":"id","type":"int64","optional":false}]},"payload":{"id":1}}', value })) }) // biome-ignore format: one line
  }
  return { name, topic, send, end: () => producer.disconnect() }
}

const FIELDS = [{ field: 'id', type: 'int64', optional: false }, { field: 'name', type: 'string', optional: true }] // biome-ignore format: one line
const row = (id: number, name: string | null) =>
  JSON.stringify({ schema: { type: 'struct', optional: false, name: 'Row', fields: FIELDS }, payload: { id, name } })

test('keys of the value, tables made where schema.evolution is basic, the last value wins, deletions that nobody wants are passed over', async () => {
  const { send, end } = await sink('people', { 'schema.evolution': 'basic' })
  await send(row(1, 'a'), row(2, 'b'), null, row(1, 'A'))
  await expect
    .poll(() => sql('SELECT * FROM people ORDER BY id').catch(() => []), { timeout: 10_000 })
    .toEqual([
      { id: '1', name: 'A' },
      { id: '2', name: 'b' },
    ])
  await end()
})

test('without schema.evolution a missing table fails the task', async () => {
  const { send, end, name } = await sink('nowhere')
  await send(row(1, 'a'))
  await expect.poll(() => pipe.state(name), { timeout: 10_000 }).toMatch(/FAILED.*is missing/)
  await end()
})

test('what no converter reads goes to the dead letter queue; what the database refuses stops the task all the same', async () => {
  const dlq = `${pipe.kafka.topicPrefix}dbz_dlq`
  await sql('CREATE TABLE guarded (id bigint PRIMARY KEY, name text CHECK (length(name) < 5))')
  await sql(`ALTER TABLE guarded OWNER TO ${pipe.postgres.user}`)
  const { send, end, name } = await sink('guarded', {
    ...{ 'errors.tolerance': 'all', 'errors.deadletterqueue.topic.name': dlq, 'errors.deadletterqueue.context.headers.enable': 'true' },
  })
  await send(row(1, 'good'), '{"schema": oops', row(2, 'fine'))
  await expect.poll(() => sql('SELECT id FROM guarded ORDER BY id'), { timeout: 10_000 }).toEqual([{ id: '1' }, { id: '2' }])
  await expect.poll(() => pipe.count(dlq), { timeout: 10_000 }).toBe(1)
  await send(row(3, 'too long'), row(4, 'ok'))
  await expect.poll(() => pipe.state(name), { timeout: 10_000 }).toMatch(/FAILED.*guarded_name_check/)
  expect(await pipe.count(dlq)).toBe(1)
  await end()
})

test('events of a source become rows without a transform, with deletions where they are wanted', async () => {
  await sql('CREATE TABLE origin (id int PRIMARY KEY, name text)')
  await sql(`ALTER TABLE origin OWNER TO ${pipe.postgres.user}`)
  await sql("INSERT INTO origin SELECT n, 'n' || n FROM generate_series(1, 20) n")
  const { name, config, prefix } = pipe.source({ 'table.include.list': 'public.origin' })
  expect((await pipe.create(name, config)).status).toBe(201)
  // Without collection.name.format: the topic's name with _ for dots.
  const table = `${prefix}_public_origin`
  const topics = { topics: '', 'topics.regex': `${prefix}\\.public\\..*`, 'collection.name.format': '' }
  const mode = { 'primary.key.mode': 'record_key', 'primary.key.fields': '', 'schema.evolution': 'basic', 'delete.enabled': 'true' }
  await sink('events', { ...topics, ...mode }).then(({ end }) => end())
  await sql('DELETE FROM origin WHERE id > 15')
  await sql("UPDATE origin SET name = 'changed' WHERE id = 3")
  const wanted = await sql('SELECT id, name FROM origin ORDER BY id')
  await expect.poll(() => sql(`SELECT id, name FROM "${table}" ORDER BY id`).catch(() => []), { timeout: 15_000 }).toEqual(wanted)
}, 40_000)

test.each([
  ['upsert without a key', { 'primary.key.mode': 'none' }, 'requires a primary.key.mode'],
  ['deletions without a record key', { 'delete.enabled': 'true' }, "primary.key.mode must be 'record_key'"],
  ['no user', { 'connection.username': '' }, 'connection.username'],
  ['a mode that nobody knows', { 'schema.evolution': 'advanced' }, 'Value must be one of none, basic'],
])('%s is refused', async (_what, more, why) => {
  const config = { 'connector.class': CLASS, topics: 'x', 'connection.url': 'jdbc:postgresql://h/d', 'connection.username': 'u', 'connection.password': 'p', 'insert.mode': 'upsert', 'primary.key.mode': 'record_value', 'primary.key.fields': 'id', ...more } // biome-ignore format: one line
  const answer = await pipe.create('refused', config)
  expect(answer.status).toBe(400)
  expect(answer.body['message']).toContain(why)
})
