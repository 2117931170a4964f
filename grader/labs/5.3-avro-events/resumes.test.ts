import { framedWriter } from '../../experiments/streams/writer.ts'
import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { newTopic, place, startConsumer, WITHIN } from './support/programs.ts'
import { readings, schemaOf } from './support/readings.ts'
import { write } from './support/write.ts'

const KILLS = 3
const BETWEEN = 400

/** The consumer killed (-9) again and again in the middle of what it reads. */
kpi('resumes', async ({ learner, kafka, registry, random }) => {
  const topic = await newTopic({ kafka }, 1)
  const writer = await framedWriter(registry, `${topic}-value`, schemaOf({ learner }))
  const values = readings(random, 60)
  const consumer = await startConsumer({ learner, kafka, registry }, topic)
  let written = 0
  const producer = kafka.client.producer()
  await producer.connect()
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
  did(`I wrote ${written} messages and killed src/consumer.ts (-9) ${KILLS} times while it read them; each time I started it again.`)
  const told = await consumer.hasTold('together it has told of every message', written)
  const places = new Set(told.map(place))
  expect(places.size, 'different messages that it told of').toBe(written)
  // A restart may repeat what was not committed; one that begins at the beginning has committed nothing.
  expect(told.length < 2 * written ? 'some, or none' : 'all of them', 'messages that it told of more than once').toBe('some, or none')
  await write({ kafka }, topic, [])
})
