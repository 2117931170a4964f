import type { Consumer } from 'kafkajs'
import { eventually } from '../support/eventually.ts'
import { createTopic, errorOf, kafkajs, partitioner, type Scenario, type Target } from './scenario.ts'

async function member(target: Target, groupId: string, topic: string, sink: (partition: number, value: string) => void) {
  const consumer = kafkajs(target).consumer({
    groupId,
    maxWaitTimeInMs: 50,
    sessionTimeout: 6000,
    heartbeatInterval: 100,
    rebalanceTimeout: 6000,
  })
  let assigned: number[] = []
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    assigned = payload.memberAssignment[topic] ?? []
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ eachMessage: async ({ partition, message }) => sink(partition, String(message.value)) })
  return { consumer: consumer as Consumer, assigned: () => assigned }
}

/** Consumer groups with kafkajs. */
export const scenarios: Scenario[] = [
  {
    name: 'kafkajs: two members share the partitions; when one leaves, the other takes over',
    async run(target) {
      const topic = await createTopic(target, 4)
      const groupId = target.unique('group')
      const seen: string[] = []
      const a = await member(target, groupId, topic, (_, v) => seen.push(v))
      const b = await member(target, groupId, topic, (_, v) => seen.push(v))
      await eventually(() => a.assigned().length === 2 && b.assigned().length === 2, 'two partitions each')
      const shared = [...a.assigned(), ...b.assigned()].sort()
      const producer = kafkajs(target).producer(partitioner)
      await producer.connect()
      await producer.send({ topic, messages: [0, 1, 2, 3].map(partition => ({ partition, value: `p${partition}` })) })
      await eventually(() => seen.length === 4, 'the first four messages')
      await b.consumer.disconnect()
      await eventually(() => a.assigned().length === 4, 'all partitions at the one that is left')
      await producer.send({ topic, messages: [0, 1, 2, 3].map(partition => ({ partition, value: `q${partition}` })) })
      await eventually(() => seen.length >= 8, 'the second four messages')
      await producer.disconnect()
      await a.consumer.disconnect()
      return { shared, seen: seen.sort() }
    },
    expected: { shared: [0, 1, 2, 3], seen: ['p0', 'p1', 'p2', 'p3', 'q0', 'q1', 'q2', 'q3'] },
  },
  {
    name: 'kafkajs: a new member goes on where the group has committed',
    async run(target) {
      const topic = await createTopic(target)
      const groupId = target.unique('group')
      const producer = kafkajs(target).producer(partitioner)
      await producer.connect()
      await producer.send({ topic, messages: ['a', 'b', 'c'].map(value => ({ value })) })
      const first: string[] = []
      const one = await member(target, groupId, topic, (_, v) => first.push(v))
      await eventually(() => first.length === 3, 'three messages')
      await one.consumer.disconnect()
      await producer.send({ topic, messages: [{ value: 'd' }] })
      await producer.disconnect()
      const second: string[] = []
      const two = await member(target, groupId, topic, (_, v) => second.push(v))
      await eventually(() => second.length > 0, 'one more message')
      await two.consumer.disconnect()
      const admin = kafkajs(target).admin()
      await admin.connect()
      const offsets = await admin.fetchOffsets({ groupId, topics: [topic] })
      await admin.disconnect()
      return { first, second, committed: offsets[0]!.partitions[0]!.offset }
    },
    expected: { first: ['a', 'b', 'c'], second: ['d'], committed: '4' },
  },
  {
    name: 'kafkajs: groups can be described, listed and deleted, but not while they have members',
    async run(target) {
      const topic = await createTopic(target)
      const groupId = target.unique('group')
      const running = await member(target, groupId, topic, () => {})
      const admin = kafkajs(target).admin()
      await admin.connect()
      const described = await eventually(async () => {
        const { groups } = await admin.describeGroups([groupId])
        return groups[0]!.state === 'Stable' && groups[0]
      }, 'a stable group')
      const listed = (await admin.listGroups()).groups.find(g => g.groupId === groupId)
      const whileRunning = await errorOf(() => admin.deleteGroups([groupId]))
      await running.consumer.disconnect()
      await admin.deleteGroups([groupId])
      const gone = await errorOf(() => admin.deleteGroups([groupId]))
      await admin.disconnect()
      const { protocolType, protocol, members } = described
      return {
        protocolType,
        protocol,
        members: members.length,
        host: members[0]!.clientHost,
        listed: listed?.protocolType,
        whileRunning,
        gone,
      }
    },
    expected: {
      protocolType: 'consumer',
      protocol: 'RoundRobinAssigner',
      members: 1,
      host: '/127.0.0.1',
      listed: 'consumer',
      whileRunning: 'NON_EMPTY_GROUP',
      gone: 'GROUP_ID_NOT_FOUND',
    },
  },
]
