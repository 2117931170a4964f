import { ConfigResourceTypes } from 'kafkajs'
import { eventually } from '../support/eventually.ts'
import { createTopic, errorOf, kafkajs, partitioner, readAll, type Scenario } from './scenario.ts'

/** Administration with kafkajs. */
export const scenarios: Scenario[] = [
  {
    name: 'kafkajs: topics are created, refused when wrong, grown, described and deleted',
    async run(target) {
      const admin = kafkajs(target).admin()
      await admin.connect()
      const topic = target.unique('t')
      const create = (t: object) => admin.createTopics({ topics: [t as never] })
      const created = await create({ topic, numPartitions: 2 })
      const again = await create({ topic, numPartitions: 2 })
      const badName = await errorOf(() => create({ topic: 'no spaces please' }))
      const badFactor = await errorOf(() => create({ topic: target.unique('t'), replicationFactor: 3 }))
      const badCount = await errorOf(() => create({ topic: target.unique('t'), numPartitions: 0 }))
      const badConfig = await errorOf(() => create({ topic: target.unique('t'), configEntries: [{ name: 'retention.ms', value: 'soon' }] }))
      await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
      const fewer = await errorOf(() => admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] }))
      // A broker answers when the change is decided, and carries it out a little later.
      const led = async () => {
        const found = await admin.fetchTopicMetadata({ topics: [topic] })
        const { partitions } = found.topics[0]!
        return partitions.length === 5 && partitions.every(({ leader }) => leader >= 0) && found
      }
      const metadata = await eventually(led, 'five partitions with leaders')
      const partitions = metadata.topics[0]!.partitions.map(({ partitionId, leader, replicas, isr }) => ({
        partitionId,
        leader,
        replicas,
        isr,
      }))
      await admin.deleteTopics({ topics: [topic] })
      // The broker may answer before the name is gone everywhere.
      const gone = await eventually(async () => !(await admin.listTopics()).includes(topic), 'the deleted topic is listed no more')
      const unknown = await errorOf(() => admin.deleteTopics({ topics: [target.unique('never')] }))
      await admin.disconnect()
      return {
        created,
        again,
        badName,
        badFactor,
        badCount,
        badConfig,
        fewer,
        partitions: partitions.sort((a, b) => a.partitionId - b.partitionId),
        gone,
        unknown,
      }
    },
    expected: {
      created: true,
      again: false,
      badName: 'INVALID_TOPIC_EXCEPTION',
      badFactor: 'INVALID_REPLICATION_FACTOR',
      badCount: 'INVALID_PARTITIONS',
      badConfig: 'INVALID_CONFIG',
      fewer: 'INVALID_PARTITIONS',
      partitions: [0, 1, 2, 3, 4].map(partitionId => ({ partitionId, leader: 1, replicas: [1], isr: [1] })),
      gone: true,
      unknown: 'UNKNOWN_TOPIC_OR_PARTITION',
    },
  },
  {
    name: 'kafkajs: configuration is described with its source, altered, and refused when wrong',
    async run(target) {
      const topic = await createTopic(target, 1, { 'retention.ms': '12345' })
      const admin = kafkajs(target).admin()
      await admin.connect()
      const describe = async (names: string[]) => {
        const { resources } = await admin.describeConfigs({
          includeSynonyms: false,
          resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: names }],
        })
        return resources[0]!.configEntries.map(e => [e.configName, e.configValue, e.configSource as unknown as number]).sort()
      }
      const names = ['cleanup.policy', 'retention.ms', 'segment.bytes', 'max.message.bytes']
      const before = await describe(names)
      const alter = (name: string, value: string) =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value }] }],
        })
      await alter('cleanup.policy', 'compact')
      const after = await describe(names)
      const wrong = await errorOf(() => alter('cleanup.policy', 'burn'))
      const unknown = await errorOf(() => alter('no.such.config', '1'))
      await admin.disconnect()
      return { before, after, wrong, unknown }
    },
    expected: {
      before: [
        ['cleanup.policy', 'delete', 5],
        ['max.message.bytes', '1048588', 5],
        ['retention.ms', '12345', 1],
        ['segment.bytes', '1073741824', 5],
      ],
      after: [
        ['cleanup.policy', 'compact', 1],
        ['max.message.bytes', '1048588', 5],
        ['retention.ms', '604800000', 5],
        ['segment.bytes', '1073741824', 5],
      ],
      wrong: 'INVALID_CONFIG',
      unknown: 'INVALID_CONFIG',
    },
  },
  {
    name: 'kafkajs: deleted records are gone for readers; the end stays',
    async run(target) {
      const topic = await createTopic(target)
      const producer = kafkajs(target).producer(partitioner)
      await producer.connect()
      for (let i = 0; i < 10; i++) await producer.send({ topic, messages: [{ value: `${i}` }] })
      await producer.disconnect()
      const admin = kafkajs(target).admin()
      await admin.connect()
      await admin.fetchTopicMetadata({ topics: [topic] })
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '6' }] })
      const [ends] = await admin.fetchTopicOffsets(topic)
      const beyond = await errorOf(() => admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '99' }] }))
      await admin.disconnect()
      return { low: ends!.low, high: ends!.high, beyond, seen: (await readAll(target, topic, 4)).map(m => m.value) }
    },
    expected: { low: '6', high: '10', beyond: 'KafkaJSNonRetriableError', seen: ['6', '7', '8', '9'] },
  },
]
