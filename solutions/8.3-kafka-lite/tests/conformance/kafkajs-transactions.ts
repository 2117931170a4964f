import { eventually } from '../support/eventually.ts'
import { createTopic, errorOf, kafkajs, partitioner, readAll, type Scenario, type Target } from './scenario.ts'

const transactional = (target: Target, transactionalId: string) =>
  kafkajs(target).producer({ ...partitioner, transactionalId, idempotent: true, maxInFlightRequests: 1 })

/** Transactions with kafkajs. */
export const scenarios: Scenario[] = [
  {
    name: 'kafkajs: committed transactions are seen, aborted ones only by read_uncommitted',
    async run(target) {
      const topic = await createTopic(target, 2)
      const producer = transactional(target, target.unique('txn'))
      await producer.connect()
      for (const [value, commit] of [
        ['a', true],
        ['b', false],
        ['c', true],
        ['d', false],
        ['e', true],
      ] as const) {
        const txn = await producer.transaction()
        await txn.send({ topic, messages: [0, 1].map(partition => ({ partition, value })) })
        await (commit ? txn.commit() : txn.abort())
      }
      await producer.disconnect()
      const order = (seen: { partition: number; offset: string; value: string | null }[]) =>
        seen.map(m => `${m.partition}:${m.offset}:${m.value}`).sort()
      return { committed: order(await readAll(target, topic, 6)), all: order(await readAll(target, topic, 10, { committed: false })) }
    },
    expected: {
      committed: ['0:0:a', '0:4:c', '0:8:e', '1:0:a', '1:4:c', '1:8:e'],
      all: ['0:0:a', '0:2:b', '0:4:c', '0:6:d', '0:8:e', '1:0:a', '1:2:b', '1:4:c', '1:6:d', '1:8:e'],
    },
  },
  {
    name: 'kafkajs: offsets of a transaction become visible with its commit, not with an abort',
    async run(target) {
      const topic = await createTopic(target)
      const groupId = target.unique('group')
      const producer = transactional(target, target.unique('txn'))
      const admin = kafkajs(target).admin()
      await Promise.all([producer.connect(), admin.connect()])
      const offset = async () => (await admin.fetchOffsets({ groupId, topics: [topic] }))[0]!.partitions[0]!.offset
      const end = async (value: string, commit: boolean) => {
        const txn = await producer.transaction()
        await txn.send({ topic, messages: [{ value }] })
        await txn.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [{ partition: 0, offset: value }] }] })
        const before = await offset()
        await (commit ? txn.commit() : txn.abort())
        // A broker may answer before the marker has reached the group's coordinator: a commit is waited for, nothing but its own value will do.
        const seen = commit
          ? await eventually(async () => ((await offset()) === before ? null : offset()), 'the offset of a commit')
          : await offset()
        return [before, seen]
      }
      const outcome = [await end('5', true), await end('9', false), await end('11', true)]
      await Promise.all([producer.disconnect(), admin.disconnect()])
      return outcome
    },
    expected: [
      ['-1', '5'],
      ['5', '5'],
      ['5', '11'],
    ],
  },
  {
    name: 'kafkajs: a second producer with the same transactional id fences the first and aborts what it left open',
    async run(target) {
      const topic = await createTopic(target)
      const id = target.unique('txn')
      const zombie = transactional(target, id)
      await zombie.connect()
      const open = await zombie.transaction()
      await open.send({ topic, messages: [{ value: 'zombie' }] })
      const heir = transactional(target, id)
      await heir.connect()
      const txn = await heir.transaction()
      await txn.send({ topic, messages: [{ value: 'heir' }] })
      await txn.commit()
      const send = await errorOf(() => open.send({ topic, messages: [{ value: 'too late' }] }))
      const commit = await errorOf(() => open.commit())
      await Promise.all([zombie.disconnect(), heir.disconnect()])
      return { send, commit, seen: (await readAll(target, topic, 1)).map(m => m.value) }
    },
    expected: { send: 'INVALID_PRODUCER_EPOCH', commit: 'INVALID_PRODUCER_EPOCH', seen: ['heir'] },
  },
  {
    name: 'kafkajs: a transaction left open is aborted when its time is up; readers then go on',
    async run(target) {
      const topic = await createTopic(target)
      const producer = kafkajs(target).producer({
        ...partitioner,
        transactionalId: target.unique('txn'),
        idempotent: true,
        maxInFlightRequests: 1,
        transactionTimeout: 1000,
      })
      await producer.connect()
      const txn = await producer.transaction()
      await txn.send({ topic, messages: [{ value: 'left open' }] })
      const plain = kafkajs(target).producer(partitioner)
      await plain.connect()
      await plain.send({ topic, messages: [{ value: 'behind it' }] })
      const seen = await readAll(target, topic, 1)
      await Promise.all([producer.disconnect(), plain.disconnect()])
      return seen.map(m => m.value)
    },
    expected: ['behind it'],
  },
]
