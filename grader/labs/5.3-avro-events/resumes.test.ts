import { framedWriter } from '../../experiments/streams/writer.ts'
import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { newTopic, place, startConsumer, WITHIN } from './support/programs.ts'
import { readings, schemaOf } from './support/readings.ts'

const KILLS = 3
const BETWEEN = 400
/** Milliseconds: clients commit from time to time, Kafka's own every five seconds. */
const COMMITS_WITHIN = 15_000

/** The consumer killed (-9) again and again in the middle of what it reads. */
kpi('resumes', async ({ learner, kafka, registry, random }) => {
  const topic = await newTopic({ kafka }, 1)
  const writer = await framedWriter(registry, `${topic}-value`, schemaOf({ learner }))
  const values = readings(random, 60)
  const consumer = await startConsumer({ learner, kafka, registry }, topic)
  const producer = kafka.client.producer()
  await producer.connect()
  const send = () =>
    producer.send({
      topic,
      acks: -1,
      messages: Array.from({ length: BETWEEN }, (_, i) => ({ value: writer.write(values[i % values.length]) })),
    })
  await send()
  let written = BETWEEN
  await consumer.hasTold('src/consumer.ts tells of the first messages', written)
  did(`I wrote ${written} messages and let src/consumer.ts tell of all of them.`)
  await eventually(
    'its group has committed what it told of',
    async () => {
      const [offsets] = await kafka.admin.fetchOffsets({ groupId: consumer.group, topics: [topic] })
      const at = Number(offsets?.partitions[0]?.offset ?? -1)
      return at >= written || fail({ expected: `offset ${written}`, saw: at < 0 ? 'nothing' : `offset ~${at}` })
    },
    { within: COMMITS_WITHIN, every: 50 },
  )
  for (let kill = 0; kill <= KILLS; kill++) {
    const before = consumer.told().length
    await producer.send({
      topic,
      acks: -1,
      messages: Array.from({ length: BETWEEN }, (_, i) => ({ value: writer.write(values[i % values.length]) })),
    })
    written += BETWEEN
    if (kill === KILLS) break
    const enough = before + random.int(1, BETWEEN / 4)
    await eventually('src/consumer.ts goes on reading', () => consumer.told().length >= enough, { within: WITHIN, every: 1 })
    await consumer.restart()
  }
  await producer.disconnect()
  did(
    `Then I wrote ${written - BETWEEN} more and killed src/consumer.ts (-9) ${KILLS} times while it read them; each time I started it again.`,
  )
  const told = await consumer.hasTold('together it has told of every message', written)
  const places = new Set(told.map(place))
  expect(places.size, 'different messages that it told of').toBe(written)
})
