import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEmbedded } from '../engines/embedded/index.ts'
import type { Engine } from '../engines/engine.ts'
import { openRunDir, type Run } from '../process/run.ts'
import { openKafka } from '../services/kafka/fixture.ts'
import { openRegistry } from '../services/registry/fixture.ts'
import { frame, framedReader } from './framed.ts'
import { readTopic, recordsIn } from './topic.ts'

let run: Run
let engine: Engine
let kafka: Awaited<ReturnType<typeof openKafka>>

beforeAll(async () => {
  run = openRunDir()
  engine = await startEmbedded(['kafka', 'registry'], { runId: run.id, runDir: run.dir })
  kafka = await openKafka(engine.endpoints.find(({ service }) => service === 'kafka')!, 'topic')
})

afterAll(async () => {
  await kafka.close()
  await engine.stop()
  await run.close()
})

test('a topic is read to its end, partition by partition, with keys and headers', async () => {
  const topic = `${kafka.topicPrefix}three`
  await kafka.admin.createTopics({ topics: [{ topic, numPartitions: 3 }] })
  expect([await recordsIn(kafka, topic), await readTopic(kafka, topic)]).toEqual([0, []])
  const producer = kafka.client.producer()
  await producer.connect()
  const messages = Array.from({ length: 300 }, (_, i) => ({ key: null, value: `${i}`, partition: i % 2, headers: { n: `${i}` } }))
  await producer.send({ topic, messages })
  await producer.send({ topic, messages: [{ key: 'k', value: null, partition: 0 }] })
  await producer.disconnect()
  const records = await readTopic(kafka, topic)
  expect(await recordsIn(kafka, topic)).toBe(301)
  const wanted = [0, 1].flatMap(rest => messages.filter((_, i) => i % 2 === rest).map(({ value }) => value))
  expect(records.map(({ value }) => value && String(value))).toEqual([...wanted.slice(0, 150), null, ...wanted.slice(150)])
  expect(records[150]).toEqual({ partition: 0, offset: 150, key: 'k', value: null, headers: {} })
  expect(records[1]).toMatchObject({ offset: 1, key: null, headers: { n: '2' } })
})

test('a frame is read by its own schema; what is none says why', async () => {
  const registry = await openRegistry(engine.endpoints.find(({ service }) => service === 'registry')!)
  const schema = JSON.stringify({ type: 'record', name: 'One', fields: [{ name: 'n', type: 'int' }] })
  const { id } = (await registry.ask<{ id: number }>('/subjects/one-value/versions', 'POST', { schema })).body
  const read = framedReader(registry)
  expect(await read(frame(id, Buffer.from([8])))).toMatchObject({ id, value: { n: 4 } })
  await expect(read(null)).rejects.toThrow('no value')
  await expect(read(Buffer.from('{"n":4}'))).rejects.toThrow('does not begin with 0')
  await expect(read(frame(id + 1000, Buffer.from([8])))).rejects.toThrow('does not know its schema id')
  await expect(read(frame(id, Buffer.from([8, 8])))).rejects.toThrow('no One of schema')
  await expect(read(frame(id, Buffer.alloc(0)))).rejects.toThrow('no One of schema')
  await registry.close()
})

test('a long beyond the safe numbers is a bigint, within them a number; its default too', async () => {
  const registry = await openRegistry(engine.endpoints.find(({ service }) => service === 'registry')!)
  const fields = [{ name: 'ts_ns', type: 'long' }, { name: 'ts_ms', type: 'long' }, { name: 'maybe', type: ['null', 'long'], default: null }] // biome-ignore format: one line
  const schema = JSON.stringify({ type: 'record', name: 'Stamp', fields })
  const { id } = (await registry.ask<{ id: number }>('/subjects/stamp-value/versions', 'POST', { schema })).body
  // 1795746685153000001 and -5 as zigzag varints of the specification, then null.
  const body = Buffer.from(`${varint(1_795_746_685_153_000_001n)}${varint(-5n)}00`, 'hex')
  expect((await framedReader(registry)(frame(id, body))).value).toEqual({ ts_ns: 1_795_746_685_153_000_001n, ts_ms: -5, maybe: null })
  await registry.close()
})

function varint(value: bigint): string {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  const bytes: number[] = []
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Buffer.from([...bytes, Number(rest)]).toString('hex')
}
