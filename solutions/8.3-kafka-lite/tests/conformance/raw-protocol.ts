import { buildBatch } from '../../src/storage/records.ts'
import { type Answer, errorName, type RawClient } from '../support/raw-client.ts'
import { produce, records, withClient } from './raw.ts'
import { createTopic, type Scenario } from './scenario.ts'

async function fetchOne(client: RawClient, topic: string, extra: object = {}, partition: object = {}, version = 11): Promise<Answer> {
  const answer = await client.send('Fetch', version, {
    maxWaitMs: 100,
    minBytes: 1,
    maxBytes: 1_000_000,
    isolationLevel: 0,
    topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000, ...partition }] }],
    forgottenTopicsData: [],
    ...extra,
  })
  return answer.responses[0].partitions[0]
}

const closed = async (client: RawClient) =>
  client.nextFrame().then(
    () => 'answered',
    () => 'closed',
  )

/** Cases that clients do not produce by themselves: what the protocol says about wrong and unusual requests. */
export const scenarios: Scenario[] = [
  {
    name: 'raw: ApiVersions in a version of the future is answered in version 0 with error 35 and the table',
    run: target =>
      withClient(target, async client => {
        client.write(Buffer.from([0, 0, 0, 11, 0, 18, 0, 99, 0, 0, 0, 7, 0xff, 0xff, 0]))
        const frame = await client.nextFrame()
        const rows = frame.readInt32BE(6)
        return {
          correlation: frame.readInt32BE(0),
          error: frame.readInt16BE(4),
          rows: rows > 0,
          wholeFrame: frame.length === 10 + rows * 6,
        }
      }),
    expected: { correlation: 7, error: 35, rows: true, wholeFrame: true },
  },
  {
    name: 'raw: an unknown key, an unsupported version and an oversized frame close the connection',
    async run(target) {
      const frames = {
        unknownKey: Buffer.from([0, 0, 0, 10, 0x7f, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff]),
        version: Buffer.from([0, 0, 0, 10, 0, 3, 0, 99, 0, 0, 0, 1, 0xff, 0xff]),
        tooLarge: Buffer.from([0x7f, 0xff, 0xff, 0xff]),
        negative: Buffer.from([0xff, 0xff, 0xff, 0xff]),
      }
      const outcome: Record<string, string> = {}
      for (const [name, frame] of Object.entries(frames)) {
        outcome[name] = await withClient(target, client => {
          client.write(frame)
          return closed(client)
        })
      }
      return outcome
    },
    expected: { unknownKey: 'closed', version: 'closed', tooLarge: 'closed', negative: 'closed' },
  },
  {
    name: 'raw: produce refuses what is wrong and says why',
    async run(target) {
      const topic = await createTopic(target, 1, { 'max.message.bytes': '2000' })
      return withClient(target, async client => {
        const good = records(['a', 'b'])
        const badCrc = records(['a'])
        badCrc[20]! ^= 0xff
        const magic0 = records(['a'])
        magic0[16] = 0
        return {
          good: await produce(client, topic, good),
          badCrc: await produce(client, topic, badCrc),
          unknownTopic: await produce(client, target.unique('none'), records(['a'])),
          badAcks: await produce(client, topic, records(['a']), { acks: 5 }),
          tooLarge: await produce(client, topic, records(['x'.repeat(3000)])),
          future: await produce(client, topic, buildBatch([{ offset: 0, timestamp: Date.now() + 9e9, key: null, value: null }])),
          twoBatches: await produce(client, topic, Buffer.concat([records(['a']), records(['b'])])),
          again: await produce(client, topic, records(['c'])),
        }
      })
    },
    expected: {
      good: ['NONE', 0],
      badCrc: ['CORRUPT_MESSAGE', -1],
      unknownTopic: ['UNKNOWN_TOPIC_OR_PARTITION', -1],
      badAcks: ['INVALID_REQUIRED_ACKS', -1],
      tooLarge: ['MESSAGE_TOO_LARGE', -1],
      future: ['INVALID_TIMESTAMP', -1],
      twoBatches: ['INVALID_RECORD', -1],
      again: ['NONE', 2],
    },
  },
  {
    name: 'raw: idempotent producer: a repetition gets the old offset, a gap and an old epoch are refused',
    async run(target) {
      const topic = await createTopic(target)
      return withClient(target, async client => {
        const { producerId } = await client.send('InitProducerId', 3, {
          transactionalId: null,
          transactionTimeoutMs: 1000,
          producerId: -1,
          producerEpoch: -1,
        })
        const send = (baseSequence: number, producerEpoch = 0, count = 2) =>
          produce(client, topic, records(Array(count).fill('v'), { producerId, producerEpoch, baseSequence }))
        return {
          first: await send(0),
          second: await send(2),
          repeated: await send(2),
          firstAgain: await send(0),
          gap: await send(9),
          otherLength: await send(2, 0, 1),
          newEpoch: await send(0, 1),
          newEpochMiddle: await send(5, 2),
          oldEpoch: await send(4, 0),
          goesOn: await send(2, 1),
        }
      })
    },
    expected: {
      first: ['NONE', 0],
      second: ['NONE', 2],
      repeated: ['NONE', 2],
      firstAgain: ['NONE', 0],
      gap: ['OUT_OF_ORDER_SEQUENCE_NUMBER', -1],
      otherLength: ['OUT_OF_ORDER_SEQUENCE_NUMBER', -1],
      newEpoch: ['NONE', 4],
      newEpochMiddle: ['OUT_OF_ORDER_SEQUENCE_NUMBER', -1],
      oldEpoch: ['INVALID_PRODUCER_EPOCH', -1],
      goesOn: ['NONE', 6],
    },
  },
  {
    name: 'raw: fetch by offset, by topic id, in several versions; out of range, unknown, wrong epoch',
    async run(target) {
      const topic = await createTopic(target)
      return withClient(target, async client => {
        await produce(client, topic, records(['a', 'b']))
        await produce(client, topic, records(['c']))
        const metadata = await client.send('Metadata', 12, { topics: [{ name: topic }], allowAutoTopicCreation: false })
        const { topicId } = metadata.topics[0]
        const view = (p: Answer) => [errorName(p.errorCode), p.highWatermark, p.logStartOffset, p.records?.length ?? 0]
        const one = records(['a', 'b']).length
        const all = one + records(['c']).length
        const byId = await fetchOne(
          client,
          '',
          { topics: [{ topicId, partitions: [{ partition: 0, fetchOffset: 2, partitionMaxBytes: 1e6 }] }] },
          {},
          13,
        )
        const unknownId = await fetchOne(
          client,
          '',
          { topics: [{ topicId: 'ab'.repeat(16), partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }] },
          {},
          13,
        )
        return {
          sizes: all > one,
          v4: view(await fetchOne(client, topic, {}, {}, 4))[0],
          v11: (view(await fetchOne(client, topic))[3] as number) === all,
          v12: (view(await fetchOne(client, topic, {}, {}, 12))[3] as number) === all,
          middleOfBatch: (view(await fetchOne(client, topic, {}, { fetchOffset: 1 }))[3] as number) === all,
          byId: view(byId).slice(0, 3),
          unknownId: errorName(unknownId.errorCode),
          end: view(await fetchOne(client, topic, {}, { fetchOffset: 3 })),
          outOfRange: view(await fetchOne(client, topic, {}, { fetchOffset: 4 }))[0],
          unknown: view(await fetchOne(client, target.unique('none')))[0],
          newerEpoch: view(await fetchOne(client, topic, {}, { currentLeaderEpoch: 999 }))[0],
          tinyBudget: (view(await fetchOne(client, topic, { maxBytes: 1 }, { partitionMaxBytes: 1 }))[3] as number) > 0,
        }
      })
    },
    expected: {
      sizes: true,
      v4: 'NONE',
      v11: true,
      v12: true,
      middleOfBatch: true,
      byId: ['NONE', 3, 0],
      unknownId: 'UNKNOWN_TOPIC_ID',
      end: ['NONE', 3, 0, 0],
      outOfRange: 'OFFSET_OUT_OF_RANGE',
      unknown: 'UNKNOWN_TOPIC_OR_PARTITION',
      newerEpoch: 'UNKNOWN_LEADER_EPOCH',
      tinyBudget: true,
    },
  },
  {
    name: 'raw: a fetch waits for data and is answered when it comes; max_wait_ms ends it',
    async run(target) {
      const topic = await createTopic(target)
      return withClient(target, reader =>
        withClient(target, async writer => {
          const started = Date.now()
          const empty = await fetchOne(reader, topic, { maxWaitMs: 300 })
          const waited = Date.now() - started
          const waiting = fetchOne(reader, topic, { maxWaitMs: 20_000 })
          await produce(writer, topic, records(['now']))
          const found = await waiting
          return {
            empty: empty.records?.length ?? 0,
            waited: waited >= 250,
            found: found.records.length > 0,
            inTime: Date.now() - started < 15_000,
          }
        }),
      )
    },
    expected: { empty: 0, waited: true, found: true, inTime: true },
  },
  {
    name: 'raw: metadata in many versions; unknown topics are not created when the client forbids it',
    async run(target) {
      const topic = await createTopic(target, 2)
      const unknown = target.unique('none')
      return withClient(target, async client => {
        const outcome: unknown[] = []
        for (const version of [1, 4, 5, 7, 8, 9, 11, 12, 13]) {
          const answer = await client.send('Metadata', version, { topics: [{ name: topic }], allowAutoTopicCreation: false })
          outcome.push([version, answer.topics[0].name === topic, answer.topics[0].partitions.length, answer.brokers.length])
        }
        const answer = await client.send('Metadata', 9, {
          topics: [{ name: unknown }, { name: 'bad name' }],
          allowAutoTopicCreation: false,
        })
        const codes = answer.topics.map((t: Answer) => errorName(t.errorCode)).sort()
        const none = await client.send('Metadata', 9, { topics: [], allowAutoTopicCreation: false })
        return { outcome, codes, none: none.topics.length }
      })
    },
    expected: {
      outcome: [1, 4, 5, 7, 8, 9, 11, 12, 13].map(version => [version, true, 2, 1]),
      codes: ['INVALID_TOPIC_EXCEPTION', 'UNKNOWN_TOPIC_OR_PARTITION'],
      none: 0,
    },
  },
]
