import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPipeline } from './testing/pipeline.ts'

let pipe: Awaited<ReturnType<typeof startPipeline>>

beforeAll(async () => {
  pipe = await startPipeline()
  await pipe.postgres.admin.query('CREATE TABLE things (id int PRIMARY KEY)')
  await pipe.postgres.admin.query(`ALTER TABLE things OWNER TO ${pipe.postgres.user}`)
})

afterAll(() => pipe.close())

const ask = <T = Record<string, unknown>>(path: string, method?: string, body?: unknown) => pipe.connect.ask<T>(path, method, body)

test('a connector’s whole life', async () => {
  const { name, config } = pipe.source({ 'table.include.list': 'public.things' })
  const info = { name, config: { ...config, name }, tasks: [{ connector: name, task: 0 }], type: 'source' }
  expect(await pipe.create(name, config)).toEqual({ status: 201, body: info })
  expect((await pipe.create(name, config)).status).toBe(409)
  expect((await ask('/connectors')).body).toEqual([name])
  expect((await ask(`/connectors/${name}`)).body).toEqual(info)
  expect((await ask(`/connectors/${name}/config`)).body).toEqual(info.config)
  await expect.poll(() => pipe.state(name), { timeout: 10_000 }).toBe('RUNNING')
  const all = (await ask<Record<string, { status: unknown }>>('/connectors?expand=status&expand=info')).body
  expect(all[name]).toMatchObject({ info, status: { name, connector: { state: 'RUNNING' }, tasks: [{ id: 0, state: 'RUNNING' }], type: 'source' } }) // biome-ignore format: one line
  expect((await ask(`/connectors/${name}/pause`, 'PUT')).status).toBe(202)
  expect(await pipe.state(name)).toBe('PAUSED')
  expect((await ask(`/connectors/${name}/resume`, 'PUT')).status).toBe(202)
  await expect.poll(() => pipe.state(name), { timeout: 10_000 }).toBe('RUNNING')
  expect((await ask(`/connectors/${name}/restart?includeTasks=true`, 'POST')).status).toBe(202)
  await expect.poll(() => pipe.state(name), { timeout: 10_000 }).toBe('RUNNING')
  expect((await ask(`/connectors/${name}/tasks/0/restart`, 'POST')).status).toBe(204)
  const wider = { ...config, 'heartbeat.interval.ms': '1000' }
  expect(await ask(`/connectors/${name}/config`, 'PUT', wider)).toMatchObject({ status: 200, body: { config: wider } })
  expect((await ask<{ offsets: unknown[] }>(`/connectors/${name}/offsets`)).body.offsets).toMatchObject([{ partition: { server: config['topic.prefix'] } }]) // biome-ignore format: one line
  expect((await ask(`/connectors/${name}/offsets`, 'DELETE')).status).toBe(400)
  expect((await ask(`/connectors/${name}/stop`, 'PUT')).status).toBe(204)
  expect((await ask(`/connectors/${name}/status`)).body).toMatchObject({ connector: { state: 'STOPPED' }, tasks: [] })
  expect((await ask(`/connectors/${name}/offsets`, 'DELETE')).status).toBe(200)
  expect((await ask(`/connectors/${name}`, 'DELETE')).status).toBe(204)
  expect(await ask(`/connectors/${name}/status`)).toMatchObject({ status: 404, body: { error_code: 404 } })
})

test('validate lists every key with what is wrong with it, and keys that nobody knows without a definition', async () => {
  const { config } = pipe.source({ 'snapshot.mode': 'sometimes', 'heartbeat.interval.ms': 'often', 'tabel.include.list': 'x', 'value.converter': 'a.B' }) // biome-ignore format: one line
  delete config['topic.prefix']
  const path = '/connector-plugins/PostgresConnector/config/validate'
  type One = { definition: { name: string; required: boolean } | null; value: { name: string; value: string; errors: string[] } }
  const { body } = await ask<{ error_count: number; configs: One[] }>(path, 'PUT', config)
  const errors = Object.fromEntries(body.configs.filter(({ value }) => value.errors.length > 0).map(({ value }) => [value.name, value.errors[0]])) // biome-ignore format: one line
  expect(errors).toEqual({
    'topic.prefix': 'Missing required configuration "topic.prefix" which has no default value.',
    'snapshot.mode': expect.stringContaining('Value must be one of always, initial'),
    'heartbeat.interval.ms': expect.stringContaining('Not a number of type INT'),
    name: expect.stringContaining('Missing required'),
    'value.converter': 'Class a.B could not be found.',
  })
  expect(body.error_count).toBe(5)
  expect(body.configs.find(({ value }) => value.name === 'tabel.include.list')).toMatchObject({ definition: null, value: { value: 'x' } })
  expect((await ask<{ class: string; type: string }[]>('/connector-plugins')).body).toContainEqual(
    expect.objectContaining({ class: 'io.debezium.connector.postgresql.PostgresConnector', type: 'source' }),
  )
})

test.each([
  ['a missing key', { 'database.user': '' }, 'Missing required configuration "database.user"'],
  ['a wrong password', { 'database.password': 'wrong' }, 'password authentication failed'],
  ['a slot name that PostgreSQL refuses', { 'slot.name': 'My-Slot' }, 'Valid replication slot name'],
  ['a pattern that is none', { 'table.include.list': 'public.(' }, 'table.include.list'],
  ['Avro without a registry', { 'value.converter': 'io.confluent.connect.avro.AvroConverter' }, 'schema.registry.url'],
])('%s is refused with 400 and nothing is made', async (_what, more, why) => {
  const { name, config } = pipe.source(more)
  const answer = await pipe.create(name, config)
  expect(answer).toMatchObject({ status: 400, body: { error_code: 400 } })
  expect(answer.body['message']).toContain(why)
  expect((await ask('/connectors')).body).not.toContain(name)
})

test('an unknown class is refused with the ones there are', async () => {
  const answer = await pipe.create('none', { 'connector.class': 'org.example.Nothing' })
  expect(answer.status).toBe(500)
  expect(answer.body['message']).toContain('io.debezium.connector.postgresql.PostgresConnector')
})

test('what cannot be mended fails the task with its reason: a publication that is not there', async () => {
  const { name, config } = pipe.source({ 'publication.autocreate.mode': 'disabled' })
  await pipe.create(name, config)
  await expect.poll(() => pipe.state(name), { timeout: 10_000 }).toContain('FAILED')
  expect(await pipe.state(name)).toContain('there is no publication "pub_')
  expect((await ask(`/connectors/${name}`, 'DELETE')).status).toBe(204)
})

test('a name that Avro cannot hold fails the task and the message says what to set', async () => {
  await pipe.postgres.admin.query('INSERT INTO things VALUES (1)')
  const converter = {
    'value.converter': 'io.confluent.connect.avro.AvroConverter',
    'value.converter.schema.registry.url': pipe.registry.url,
  }
  const { name, config } = pipe.source({ ...converter, 'table.include.list': 'public.things' })
  config['topic.prefix'] = `${pipe.kafka.topicPrefix}with-hyphen`
  await pipe.create(name, config)
  await expect.poll(() => pipe.state(name), { timeout: 10_000 }).toContain('schema.name.adjustment.mode=avro')
  await ask(`/connectors/${name}/config`, 'PUT', { ...config, 'schema.name.adjustment.mode': 'avro' })
  await expect.poll(() => pipe.state(name), { timeout: 10_000 }).toBe('RUNNING')
  await expect.poll(() => pipe.count(`${config['topic.prefix']}.public.things`), { timeout: 10_000 }).toBe(1)
})
