import { afterAll, beforeAll, expect, test } from 'vitest'
import { collect } from '../../../datasets/index.ts'
import { startEmbedded } from '../../engines/embedded/index.ts'
import type { Engine } from '../../engines/engine.ts'
import { openRunDir, type Run } from '../../process/run.ts'
import { openKafka } from '../../services/kafka/fixture.ts'
import { openRegistry } from '../../services/registry/fixture.ts'
import { framedReader } from '../framed.ts'
import { follow } from './follow.ts'
import { READING_SCHEMA, readingValue } from './reading.ts'
import { framedWriter } from './writer.ts'

let run: Run
let engine: Engine
let kafka: Awaited<ReturnType<typeof openKafka>>
let registry: Awaited<ReturnType<typeof openRegistry>>

beforeAll(async () => {
  run = openRunDir()
  engine = await startEmbedded(['kafka', 'registry'], { runId: run.id, runDir: run.dir })
  const at = (name: string) => engine.endpoints.find(({ service }) => service === name)!
  kafka = await openKafka(at('kafka'), 'streams-test')
  registry = await openRegistry(at('registry'))
})

afterAll(async () => {
  await registry.close()
  await kafka.close()
  await engine.stop()
  await run.close()
})

test('readings go through the topic as they are, in order, also over a restart of the broker', async () => {
  const topic = `${kafka.topicPrefix}readings`
  await kafka.admin.createTopics({ topics: [{ topic, numPartitions: 2 }] })
  const writer = await framedWriter(registry, `${topic}-value`, READING_SCHEMA)
  const { rows } = collect({ size: 'xs', seed: 3, readings: 400 })
  const values = rows.map(row => readingValue(row.reading, row.ingestMs))
  const producer = kafka.client.producer()
  await producer.connect()
  const send = (part: typeof values) =>
    producer.send({ topic, acks: -1, messages: part.map((value, i) => ({ key: value.vehicle_id, partition: i % 2, value: writer.write(value) })) }) // biome-ignore format: one line
  const followed = await follow(kafka, topic)
  await send(values.slice(0, 200))
  expect(await followed.caughtUp()).toHaveLength(200)
  await kafka.restart()
  await send(values.slice(200))
  const messages = await followed.caughtUp()
  const reader = framedReader(registry)
  const read = await Promise.all(messages.map(async ({ value }) => (await reader(value)).value))
  const key = (value: Record<string, unknown>) => `${value['vehicle_id']} ${value['seq']} ${value['ingest_time']}`
  const sorted = (all: object[]) => (all as Record<string, unknown>[]).toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  expect(sorted(read)).toEqual(sorted(values))
  await followed.close()
  await producer.disconnect()
}, 30_000)
