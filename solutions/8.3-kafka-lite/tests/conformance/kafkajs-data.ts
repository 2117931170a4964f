import { CompressionTypes } from 'kafkajs'
import { createTopic, errorOf, kafkajs, partitioner, readAll, type Scenario } from './scenario.ts'

/** Producing and consuming with kafkajs. */
export const scenarios: Scenario[] = [
  {
    name: 'kafkajs: keys, headers, tombstones and order come back as they went in',
    async run(target) {
      const topic = await createTopic(target)
      const producer = kafkajs(target).producer(partitioner)
      await producer.connect()
      await producer.send({
        topic,
        messages: [
          { key: 'a', value: 'one', headers: { h: 'x', empty: '' } },
          { key: 'b', value: null },
          { value: 'no key' },
          { key: 'ä', value: 'ünïcode ✓' },
        ],
      })
      await producer.send({ topic, messages: [{ key: 'a', value: 'two' }] })
      await producer.disconnect()
      return readAll(target, topic, 5)
    },
    expected: [
      { partition: 0, offset: '0', key: 'a', value: 'one', headers: { h: 'x', empty: '' } },
      { partition: 0, offset: '1', key: 'b', value: null, headers: {} },
      { partition: 0, offset: '2', key: null, value: 'no key', headers: {} },
      { partition: 0, offset: '3', key: 'ä', value: 'ünïcode ✓', headers: {} },
      { partition: 0, offset: '4', key: 'a', value: 'two', headers: {} },
    ],
  },
  {
    name: 'kafkajs: gzip batches pass through, read on from the middle of one',
    async run(target) {
      const topic = await createTopic(target)
      const producer = kafkajs(target).producer(partitioner)
      await producer.connect()
      const messages = Array.from({ length: 100 }, (_, i) => ({ value: `m${i} ${'x'.repeat(50)}` }))
      const sent = await producer.send({ topic, messages, compression: CompressionTypes.GZIP })
      await producer.disconnect()
      const consumer = kafkajs(target).consumer({ groupId: target.unique('g'), maxWaitTimeInMs: 100 })
      await consumer.connect()
      await consumer.subscribe({ topic })
      const first = await new Promise(resolve => {
        void consumer.run({ eachMessage: async ({ message }) => resolve(`${message.offset} ${message.value}`.slice(0, 6)) })
        consumer.seek({ topic, partition: 0, offset: '57' })
      })
      await consumer.disconnect()
      return { baseOffset: sent[0]!.baseOffset, first }
    },
    expected: { baseOffset: '0', first: '57 m57' },
  },
  {
    name: 'kafkajs: acks 0, 1 and all; offsets go on',
    async run(target) {
      const topic = await createTopic(target)
      const producer = kafkajs(target).producer(partitioner)
      await producer.connect()
      const one = await producer.send({ topic, acks: 1, messages: [{ value: '1' }] })
      const all = await producer.send({ topic, acks: -1, messages: [{ value: '2' }, { value: '3' }] })
      const none = await producer.send({ topic, acks: 0, messages: [{ value: '4' }] })
      await producer.disconnect()
      const seen = await readAll(target, topic, 4)
      return { one: one[0]!.baseOffset, all: all[0]!.baseOffset, none, values: seen.map(m => m.value) }
    },
    expected: { one: '0', all: '1', none: [], values: ['1', '2', '3', '4'] },
  },
  {
    name: 'kafkajs: a topic is created by the first use; too large a message is refused',
    async run(target) {
      const topic = target.unique('auto')
      const producer = kafkajs(target).producer(partitioner)
      await producer.connect()
      const sent = await producer.send({ topic, messages: [{ value: 'first' }] })
      const tooLarge = await errorOf(() => producer.send({ topic, messages: [{ value: Buffer.alloc(1_100_000) }] }))
      await producer.disconnect()
      return { baseOffset: sent[0]!.baseOffset, tooLarge }
    },
    expected: { baseOffset: '0', tooLarge: 'MESSAGE_TOO_LARGE' },
  },
  {
    name: 'kafkajs: idempotent producer; batches to several partitions keep their order',
    async run(target) {
      const topic = await createTopic(target, 3)
      const producer = kafkajs(target).producer({ ...partitioner, idempotent: true, maxInFlightRequests: 1 })
      await producer.connect()
      for (let i = 0; i < 30; i++) await producer.send({ topic, messages: [{ partition: i % 3, value: `${i}` }] })
      await producer.disconnect()
      const seen = await readAll(target, topic, 30)
      return [0, 1, 2].map(p => seen.filter(m => m.partition === p).map(m => Number(m.value)))
    },
    expected: [0, 1, 2].map(p => Array.from({ length: 10 }, (_, i) => i * 3 + p)),
  },
  {
    name: 'kafkajs: offsets by time, earliest and latest',
    async run(target) {
      const topic = await createTopic(target)
      const producer = kafkajs(target).producer(partitioner)
      await producer.connect()
      const base = Date.now() - 600_000
      for (const i of [0, 1, 2]) {
        const messages = Array.from({ length: 10 }, (_, k) => ({ value: `${i}-${k}`, timestamp: String(base + i * 1000 + k * 10) }))
        await producer.send({ topic, messages, compression: i === 1 ? CompressionTypes.GZIP : CompressionTypes.None })
      }
      await producer.disconnect()
      const admin = kafkajs(target).admin()
      await admin.connect()
      const at = async (t: number) => (await admin.fetchTopicOffsetsByTimestamp(topic, base + t))[0]!.offset
      const outcome = {
        before: await at(-5000),
        exact: await at(1030),
        between: await at(1031),
        later: await at(1500),
        after: await at(9000),
      }
      const [ends] = await admin.fetchTopicOffsets(topic)
      await admin.disconnect()
      return { ...outcome, low: ends!.low, high: ends!.high }
    },
    expected: { before: '0', exact: '13', between: '14', later: '20', after: '30', low: '0', high: '30' },
  },
]
