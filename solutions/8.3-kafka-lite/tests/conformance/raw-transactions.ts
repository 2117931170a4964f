import { type Answer, errorName } from '../support/raw-client.ts'
import { produce, records, withClient } from './raw.ts'
import { createTopic, type Scenario } from './scenario.ts'

/** Transactions and administration, request by request. */
export const scenarios: Scenario[] = [
  {
    name: 'raw: transactions: what may not be done is refused with the right error, old and new versions',
    async run(target) {
      const topic = await createTopic(target)
      const transactionalId = target.unique('txn')
      return withClient(target, async client => {
        await client.send('FindCoordinator', 2, { key: transactionalId, keyType: 1 })
        const init = (extra: object = {}) =>
          client.send('InitProducerId', 4, { transactionalId, transactionTimeoutMs: 60_000, producerId: -1, producerEpoch: -1, ...extra })
        const first = await init()
        const me = { transactionalId, producerId: first.producerId, producerEpoch: first.producerEpoch }
        const add = async (who: object, version = 3, name = topic) => {
          const answer = await client.send('AddPartitionsToTxn', version, { ...who, topics: [{ name, partitions: [0] }] })
          return errorName(answer.resultsByTopic[0].resultsByPartition[0].partitionErrorCode)
        }
        // Apache Kafka writes the markers after it has answered: until then it says CONCURRENT_TRANSACTIONS.
        const end = async (who: object, committed: boolean, version = 3): Promise<string> => {
          const code = errorName((await client.send('EndTxn', version, { ...who, committed })).errorCode)
          return code === 'CONCURRENT_TRANSACTIONS' ? end(who, committed, version) : code
        }
        const batch = () => records(['v'], { ...me, baseSequence: sequence++, transactional: true })
        let sequence = 0
        const outcome: Record<string, unknown> = {
          commitEmpty: await end(me, true),
          unknownTopic: await add(me, 3, target.unique('none')),
          wrongId: await add({ ...me, producerId: me.producerId + 1000 }),
          add: await add(me),
          addAgain: await add(me),
          produced: (await produce(client, topic, batch(), { transactionalId }))[0],
          commit: await end(me, true),
          commitAgain: await end(me, true),
          abortAfterCommit: await end(me, false),
        }
        const second = await init()
        outcome['epochRose'] = second.producerEpoch > first.producerEpoch && second.producerId === first.producerId
        outcome['fencedAdd'] = await add(me)
        outcome['fencedAddOld'] = await add(me, 0)
        outcome['fencedEnd'] = await end(me, true)
        outcome['fencedInit'] = errorName((await init({ producerId: me.producerId, producerEpoch: me.producerEpoch })).errorCode)
        outcome['badTimeout'] = errorName((await init({ transactionTimeoutMs: 99_999_999 })).errorCode)
        return outcome
      })
    },
    expected: {
      commitEmpty: 'INVALID_TXN_STATE',
      unknownTopic: 'UNKNOWN_TOPIC_OR_PARTITION',
      wrongId: 'INVALID_PRODUCER_ID_MAPPING',
      add: 'NONE',
      addAgain: 'NONE',
      produced: 'NONE',
      commit: 'NONE',
      commitAgain: 'NONE',
      abortAfterCommit: 'INVALID_TXN_STATE',
      epochRose: true,
      fencedAdd: 'PRODUCER_FENCED',
      fencedAddOld: 'INVALID_PRODUCER_EPOCH',
      fencedEnd: 'PRODUCER_FENCED',
      fencedInit: 'PRODUCER_FENCED',
      badTimeout: 'INVALID_TRANSACTION_TIMEOUT',
    },
  },
  {
    name: 'raw: admin answers: cluster, log directories, configuration resources, producers, transactions, elections, ACLs',
    async run(target) {
      const topic = await createTopic(target)
      return withClient(target, async client => {
        await produce(client, topic, records(['a']))
        const cluster = await client.send('DescribeCluster', 0, { includeClusterAuthorizedOperations: false })
        const dirs = await client.send('DescribeLogDirs', 3, { topics: [{ topic, partitions: [0] }] })
        const elect = await client.send('ElectLeaders', 2, {
          electionType: 0,
          topicPartitions: [{ topic, partitions: [0] }],
          timeoutMs: 1000,
        })
        const acls = await client.send('DescribeAcls', 2, {
          resourceTypeFilter: 1,
          patternTypeFilter: 1,
          operation: 1,
          permissionType: 1,
          resourceNameFilter: null,
          principalFilter: null,
          hostFilter: null,
        })
        const producers = await client.send('DescribeProducers', 0, { topics: [{ name: topic, partitionIndexes: [0, 7] }] })
        const txns = await client.send('DescribeTransactions', 0, { transactionalIds: [target.unique('none')] })
        const moving = await client.send('ListPartitionReassignments', 0, { timeoutMs: 1000, topics: null })
        return {
          brokers: cluster.brokers.map((b: Answer) => [b.brokerId, b.host]),
          size: dirs.results[0].topics[0].partitions[0].partitionSize,
          elect: errorName(elect.replicaElectionResults[0].partitionResult[0].errorCode),
          acls: errorName(acls.errorCode),
          producers: producers.topics[0].partitions.map((p: Answer) => [p.partitionIndex, errorName(p.errorCode)]),
          txns: errorName(txns.transactionStates[0].errorCode),
          moving: moving.topics,
        }
      })
    },
    expected: {
      brokers: [[1, '127.0.0.1']],
      size: records(['a']).length,
      elect: 'ELECTION_NOT_NEEDED',
      acls: 'SECURITY_DISABLED',
      producers: [
        [0, 'NONE'],
        [7, 'UNKNOWN_TOPIC_OR_PARTITION'],
      ],
      txns: 'TRANSACTIONAL_ID_NOT_FOUND',
      moving: [],
    },
  },
]
