import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEmbedded } from '../../engines/embedded/index.ts'
import type { Engine } from '../../engines/engine.ts'
import { openRunDir, type Run } from '../../process/run.ts'
import { openKafka } from './fixture.ts'
import { resetKafka } from './reset.ts'

let run: Run
let engine: Engine

beforeAll(async () => {
  run = openRunDir()
  engine = await startEmbedded(['kafka'], { runId: run.id, runDir: run.dir })
})

afterAll(async () => {
  await engine.stop()
  await run.close()
})

async function readAll(kafka: Awaited<ReturnType<typeof openKafka>>, topic: string, count: number): Promise<string[]> {
  const seen: string[] = []
  const consumer = kafka.client.consumer({ maxWaitTimeInMs: 200, groupId: `${kafka.topicPrefix}readers-${randomBytes(2).toString('hex')}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) })
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count)
  await consumer.disconnect()
  return seen
}

test('what was acknowledged is there after kill -9 and start, on the same port', async () => {
  const kafka = await openKafka(engine.endpoints[0]!, 'kept')
  const topic = `${kafka.topicPrefix}orders`
  await kafka.admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  const producer = kafka.client.producer()
  await producer.connect()
  const sent = Array.from({ length: 100 }, (_, i) => `order ${i}`)
  await producer.send({ topic, acks: -1, messages: sent.map(value => ({ value })) })
  await kafka.kill()
  await kafka.start()
  await producer.send({ topic, acks: -1, messages: [{ value: 'after' }] })
  await producer.disconnect()
  expect(await readAll(kafka, topic, 101)).toEqual([...sent, 'after'])
  await kafka.close()
})

test('a paused broker answers nothing until it is resumed', async () => {
  const kafka = await openKafka(engine.endpoints[0]!, 'paused')
  await kafka.pause()
  let answered = false
  const topics = kafka.admin.listTopics().then(() => (answered = true))
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(answered).toBe(false)
  await kafka.resume()
  await topics
  await kafka.close()
})

test('close deletes the topics and groups of the prefix and leaves those of others', async () => {
  const [mine, theirs] = [await openKafka(engine.endpoints[0]!, 'mine'), await openKafka(engine.endpoints[0]!, 'theirs')]
  for (const kafka of [mine, theirs]) {
    const topic = `${kafka.topicPrefix}t`
    const producer = kafka.client.producer()
    await producer.connect()
    await producer.send({ topic, messages: [{ value: 'x' }] }) // Made by writing to it, as Kafka does by default.
    await producer.disconnect()
    expect(await readAll(kafka, topic, 1)).toEqual(['x'])
  }
  await mine.close()
  expect(await theirs.admin.listTopics()).not.toContain(`${mine.topicPrefix}t`)
  const { groups } = await theirs.admin.listGroups()
  expect(groups.filter(group => group.groupId.startsWith(mine.topicPrefix))).toEqual([])
  expect(groups.filter(group => group.groupId.startsWith(theirs.topicPrefix))).toHaveLength(1)
  expect(await theirs.admin.listTopics()).toContain(`${theirs.topicPrefix}t`)
  await resetKafka(engine.endpoints[0]!)
  expect((await theirs.admin.listTopics()).filter(name => !name.startsWith('__'))).toEqual([])
  await theirs.close()
})
