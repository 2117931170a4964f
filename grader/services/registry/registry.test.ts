import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmbedded } from '../../engines/embedded/index.ts'
import type { Engine } from '../../engines/engine.ts'
import { openRunDir, type Run } from '../../process/run.ts'
import { openRegistry } from './fixture.ts'

let run: Run
let engine: Engine
let registry: Awaited<ReturnType<typeof openRegistry>>

beforeAll(async () => {
  run = openRunDir()
  engine = await startEmbedded(['registry', 'kafka'], { runId: run.id, runDir: run.dir })
  registry = await openRegistry(engine.endpoints[0]!)
})

afterAll(async () => {
  await registry.close()
  await engine.stop()
  await run.close()
})

const order = (...more: unknown[]) => ({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [{ name: 'id', type: 'long' }, ...more],
})
const post = (subject: string, schema: unknown, more = {}) =>
  registry.ask(`/subjects/${encodeURIComponent(subject)}/versions`, 'POST', { schema: JSON.stringify(schema), ...more })
const note = { name: 'note', type: ['null', 'string'], default: null }
const must = { name: 'must', type: 'string' }

describe('subjects and versions', () => {
  test('a schema gets an id and a version, the same again gets the same, and the id is one over subjects', async () => {
    const first = await post('a-value', order())
    expect(first).toEqual({ status: 200, body: { id: expect.any(Number) } })
    const spaced = { schema: JSON.stringify(order(), null, 4) }
    expect((await registry.ask('/subjects/a-value/versions', 'POST', spaced)).body).toEqual(first.body)
    expect((await post('b/value ü', order())).body).toEqual(first.body)
    const second = await post('a-value', order(note))
    expect(second.body['id']).toBeGreaterThan(first.body['id'] as number)
    expect((await registry.ask('/subjects/a-value/versions')).body).toEqual([1, 2])
    expect((await registry.ask('/subjects')).body).toEqual(['a-value', 'b/value ü'])
    const latest = await registry.ask('/subjects/a-value/versions/latest')
    expect(latest.body).toEqual({ subject: 'a-value', version: 2, id: second.body['id'], schema: JSON.stringify(order(note)) })
    expect((await registry.ask('/subjects/a-value/versions/1/schema')).body).toEqual(order())
    expect((await registry.ask(`/schemas/ids/${first.body['id']}`)).body).toEqual({ schema: JSON.stringify(order()) })
    expect((await registry.ask(`/schemas/ids/${first.body['id']}/versions`)).body).toEqual([
      { subject: 'a-value', version: 1 },
      { subject: 'b/value ü', version: 1 },
    ])
    const looked = await registry.ask('/subjects/a-value', 'POST', { schema: JSON.stringify(order()) })
    expect(looked.body).toMatchObject({ subject: 'a-value', version: 1, id: first.body['id'] })
  })

  test.each([
    ['GET', '/subjects/none/versions', 404, 40401],
    ['GET', '/subjects/a-value/versions/99', 404, 40402],
    ['GET', '/subjects/a-value/versions/0', 422, 42202],
    ['GET', '/subjects/a-value/versions/x', 422, 42202],
    ['GET', '/schemas/ids/999999', 404, 40403],
    ['DELETE', '/subjects/none', 404, 40401],
    ['DELETE', '/subjects/a-value?permanent=true', 404, 40405],
    ['DELETE', '/subjects/a-value/versions/1?permanent=true', 404, 40407],
    ['GET', '/config/a-value', 404, 40408],
    ['GET', '/mode/a-value', 404, 40409],
    ['GET', '/nothing/here', 404, 404],
    ['PATCH', '/subjects', 405, 405],
  ])('%s %s is refused with %i, code %i', async (method, path, status, code) => {
    const answer = await registry.ask(path, method)
    expect(answer).toMatchObject({ status, body: { error_code: code, message: expect.any(String) } })
  })

  test.each([
    [{ schema: '{' }, 42201, 'not JSON'],
    [{}, 42201, '"schema" is missing'],
    [{ schema: '"string"', schemaType: 'PROTOBUF' }, 42201, 'PROTOBUF'],
    [{ schema: '"string"', references: [{ name: 'a', subject: 'b', version: 1 }] }, 42201, 'references'],
    [{ schema: JSON.stringify(order({ name: 'n', type: 'int', default: 'x' })) }, 42201, "field 'n'"],
  ])('%j is refused', async (body, code, why) => {
    const answer = await registry.ask<{ error_code: number; message: string }>('/subjects/bad/versions', 'POST', body)
    expect(answer).toMatchObject({ status: 422, body: { error_code: code } })
    expect(answer.body.message).toContain(why)
  })

  test('what is softly deleted is out of sight, its id stays readable, and its number is not given again', async () => {
    const { body } = await post('d-value', order())
    await post('d-value', order(note))
    expect((await registry.ask('/subjects/d-value/versions/2', 'DELETE')).body).toBe(2)
    expect(await registry.ask('/subjects/d-value/versions/2', 'DELETE')).toMatchObject({ body: { error_code: 40406 } })
    expect((await registry.ask('/subjects/d-value/versions')).body).toEqual([1])
    expect((await registry.ask('/subjects/d-value/versions?deleted=true')).body).toEqual([1, 2])
    await post('d-value', order(note))
    expect((await registry.ask('/subjects/d-value/versions')).body).toEqual([1, 3])
    expect((await registry.ask('/subjects/d-value', 'DELETE')).body).toEqual([1, 3])
    expect(await registry.ask('/subjects/d-value', 'DELETE')).toMatchObject({ body: { error_code: 40404 } })
    expect((await registry.ask('/subjects?deleted=true')).body).toContain('d-value')
    expect((await registry.ask('/subjects/d-value?permanent=true', 'DELETE')).body).toEqual([1, 2, 3])
    expect((await registry.ask('/subjects?deleted=true')).body).not.toContain('d-value')
    expect((await registry.ask(`/schemas/ids/${body['id']}`)).status).toBe(200)
  })
})

describe('compatibility', () => {
  test('an incompatible schema is 409 and the message names the field; nothing is registered', async () => {
    await post('c-value', order())
    const refused = await post('c-value', order(must))
    expect(refused).toMatchObject({ status: 409, body: { error_code: 409 } })
    expect(refused.body['message']).toMatch(/READER_FIELD_MISSING_DEFAULT_VALUE.*'must'.*oldSchemaVersion: 1.*compatibility: 'BACKWARD'/)
    expect((await registry.ask('/subjects/c-value/versions')).body).toEqual([1])
    const asked = { schema: JSON.stringify(order(must)) }
    expect((await registry.ask('/compatibility/subjects/c-value/versions/latest', 'POST', asked)).body).toEqual({ is_compatible: false })
    const verbose = await registry.ask<{ messages: string[] }>('/compatibility/subjects/c-value/versions?verbose=true', 'POST', asked)
    expect(verbose.body.messages[0]).toContain("'must'")
    expect((await registry.ask('/compatibility/subjects/never/versions/latest', 'POST', asked)).body).toEqual({ is_compatible: true })
    expect((await registry.ask('/compatibility/subjects/c-value/versions/9', 'POST', asked)).body).toMatchObject({ error_code: 40402 })
  })

  test('the subject’s level goes before the global one', async () => {
    expect((await registry.ask('/config')).body).toEqual({ compatibilityLevel: 'BACKWARD' })
    expect(await registry.ask('/config', 'PUT', { compatibility: 'sideways' })).toMatchObject({ status: 422, body: { error_code: 42203 } })
    expect((await registry.ask('/config/c-value', 'PUT', { compatibility: 'FORWARD' })).body).toEqual({ compatibility: 'FORWARD' })
    expect((await registry.ask('/config/c-value')).body).toEqual({ compatibilityLevel: 'FORWARD' })
    expect((await registry.ask('/config/other?defaultToGlobal=true')).body).toEqual({ compatibilityLevel: 'BACKWARD' })
    expect((await post('c-value', order(must))).status).toBe(200)
    expect((await registry.ask('/config/c-value', 'DELETE')).body).toEqual({ compatibilityLevel: 'FORWARD' })
  })

  test('mode READONLY refuses writes, IMPORT takes an id and a version', async () => {
    expect((await registry.ask('/mode/r-value', 'PUT', { mode: 'READONLY' })).body).toEqual({ mode: 'READONLY' })
    expect(await post('r-value', order())).toMatchObject({ status: 422, body: { error_code: 42205 } })
    expect(await registry.ask('/mode/r-value', 'PUT', { mode: 'odd' })).toMatchObject({ status: 422, body: { error_code: 42204 } })
    await registry.ask('/mode/r-value', 'PUT', { mode: 'IMPORT' })
    expect((await post('r-value', 'bytes', { id: 4711, version: 7 })).body).toEqual({ id: 4711 })
    expect((await registry.ask('/subjects/r-value/versions')).body).toEqual([7])
    await registry.ask('/mode/r-value', 'DELETE')
    expect(await post('r-value', 'bytes', { id: 5 })).toMatchObject({ body: { error_code: 42205 } })
  })
})

test('concurrent registrations of one schema make one version', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => post('once-value', order(note, { name: 'once', type: 'int' }))))
  expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1)
  expect((await registry.ask('/subjects/once-value/versions')).body).toEqual([1])
})

test('after kill -9 everything is there again: versions, deletions, levels, modes, ids', async () => {
  await registry.ask('/config/kept', 'PUT', { compatibility: 'FULL_TRANSITIVE' })
  const { body } = await post('kept', order())
  const look = async () =>
    Promise.all(
      ['/subjects?deleted=true', '/schemas?deleted=true', '/config/kept', '/config'].map(async path => (await registry.ask(path)).body),
    )
  const before = await look()
  await registry.restart()
  expect(await look()).toEqual(before)
  const next = await post('kept', order(note, { name: 'after', type: 'int', default: 1 }))
  expect(next.body['id']).toBeGreaterThan(body['id'] as number)
})

test('the kafkajs client, unmodified: register, encode, decode with an older reader, refuse', async () => {
  const client = new SchemaRegistry({ host: registry.url })
  const type = SchemaType.AVRO
  const { id } = await client.register(
    { type, schema: JSON.stringify(order()) },
    { subject: 'kjs-value', compatibility: COMPATIBILITY.BACKWARD },
  )
  const framed = await client.encode(id, { id: 7 })
  expect([framed[0], framed.readInt32BE(1)]).toEqual([0, id])
  expect(await client.decode(framed)).toEqual({ id: 7 })
  const wider = await client.register({ type, schema: JSON.stringify(order(note)) }, { subject: 'kjs-value' })
  expect(await client.getLatestSchemaId('kjs-value')).toBe(wider.id)
  expect(await client.getRegistryId('kjs-value', 1)).toBe(id)
  expect(await client.getRegistryIdBySchema('kjs-value', { type, schema: JSON.stringify(order()) })).toBe(id)
  const fresh = new SchemaRegistry({ host: registry.url })
  expect(await fresh.decode(await client.encode(wider.id, { id: 8, note: 'x' }))).toEqual({ id: 8, note: 'x' })
  await expect(client.register({ type, schema: JSON.stringify(order(must)) }, { subject: 'kjs-value' })).rejects.toThrow(
    /incompatible.*must/,
  )
  await expect(fresh.decode(Buffer.from([0, 0, 0, 99, 99, 1]))).rejects.toThrow(/not found/)
})
