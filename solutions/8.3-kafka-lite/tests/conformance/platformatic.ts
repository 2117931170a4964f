import { Admin, Consumer, MessagesStreamModes, ProduceAcks, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka'
import { eventually } from '../support/eventually.ts'
import { createTopic, type Scenario, type Target } from './scenario.ts'

const base = (target: Target) => ({ clientId: 'platformatic', bootstrapBrokers: target.brokers, strict: true, retries: 3 })

async function readSome(
  target: Target,
  groupId: string,
  topic: string,
  count: number,
  isolationLevel: 'READ_COMMITTED' | 'READ_UNCOMMITTED' = 'READ_COMMITTED',
) {
  const consumer = new Consumer({
    ...base(target),
    groupId,
    deserializers: stringDeserializers,
    isolationLevel: isolationLevel === 'READ_COMMITTED' ? 1 : 0,
  })
  const stream = await consumer.consume({
    topics: [topic],
    mode: MessagesStreamModes.COMMITTED,
    fallbackMode: 'earliest',
    autocommit: false,
    maxWaitTime: 100,
  })
  const seen: string[] = []
  for await (const message of stream) {
    const headers = [...message.headers].map(([k, v]) => `${k}=${v}`).join()
    seen.push(`${message.offset} ${message.key} ${message.value} ${headers}`.trim())
    await message.commit()
    if (seen.length === count) break
  }
  await stream.close()
  await consumer.close(true)
  return seen
}

/** The same with @platformatic/kafka, which speaks the flexible versions. */
export const scenarios: Scenario[] = [
  {
    name: 'platformatic: produce with gzip, zstd and headers, consume in a group, go on after it',
    async run(target) {
      const topic = await createTopic(target)
      const groupId = target.unique('group')
      for (const [i, compression] of (['none', 'gzip', 'zstd'] as const).entries()) {
        const producer = new Producer({ ...base(target), serializers: stringSerializers, idempotent: i > 0, compression })
        const { offsets } = await producer.send({
          acks: ProduceAcks.ALL,
          messages: [{ topic, key: `k${i}`, value: compression, headers: { h: 'x' } }],
        })
        if (Number(offsets![0]!.offset) !== i) throw new Error(`offset ${offsets![0]!.offset} for message ${i}`)
        await producer.close()
      }
      return [await readSome(target, groupId, topic, 2), await readSome(target, groupId, topic, 1)]
    },
    expected: [['0 k0 none h=x', '1 k1 gzip h=x'], ['2 k2 zstd h=x']],
  },
  {
    name: 'platformatic: transactions with read_committed',
    async run(target) {
      const topic = await createTopic(target)
      const producer = new Producer({
        ...base(target),
        serializers: stringSerializers,
        idempotent: true,
        transactionalId: target.unique('txn'),
      })
      for (const [value, commit] of [
        ['a', true],
        ['b', false],
        ['c', true],
      ] as const) {
        const txn = await producer.beginTransaction()
        await txn.send({ messages: [{ topic, key: 'k', value }] })
        await (commit ? txn.commit() : txn.abort())
      }
      await producer.close()
      return {
        committed: await readSome(target, target.unique('g'), topic, 2),
        all: await readSome(target, target.unique('g'), topic, 3, 'READ_UNCOMMITTED'),
      }
    },
    expected: { committed: ['0 k a', '4 k c'], all: ['0 k a', '2 k b', '4 k c'] },
  },
  {
    name: 'platformatic: admin',
    async run(target) {
      const admin = new Admin(base(target))
      const topic = target.unique('t')
      const [created] = await admin.createTopics({
        topics: [topic],
        partitions: 2,
        replicas: 1,
        configs: [{ name: 'retention.ms', value: '5000' }],
      })
      await admin.createPartitions({ topics: [{ name: topic, count: 3 }] })
      // A broker answers when the change is decided, and carries it out a little later.
      const morePartitions = async () => {
        const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true })
        const { partitionsCount } = topics.get(topic)!
        return partitionsCount > 2 && partitionsCount
      }
      const grown = await eventually(morePartitions, 'more partitions')
      const listed = (await admin.listTopics()).includes(topic)
      await admin.incrementalAlterConfigs({
        resources: [{ resourceType: 2, resourceName: topic, configs: [{ name: 'retention.ms', configOperation: 0, value: '7000' }] }],
      })
      const anotherRetention = async () => {
        const [one] = await admin.describeConfigs({
          resources: [{ resourceType: 2, resourceName: topic, configurationKeys: ['retention.ms'] }],
        })
        const { value } = one!.configs[0]!
        return value !== '5000' && value
      }
      const retention = await eventually(anotherRetention, 'another retention.ms')
      const ends = await admin.listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }] })
      await admin.deleteTopics({ topics: [topic] })
      // The broker may answer before the name is gone everywhere.
      const gone = await eventually(async () => !(await admin.listTopics()).includes(topic), 'the deleted topic is listed no more')
      await admin.close()
      return {
        partitions: created!.partitions,
        grown,
        listed,
        retention,
        end: String(ends[0]!.partitions[0]!.offset),
        gone,
      }
    },
    expected: { partitions: 2, grown: 3, listed: true, retention: '7000', end: '0', gone: true },
  },
]
