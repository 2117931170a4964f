import { framedWriter } from '../../experiments/streams/writer.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { goOn, newTopic, startConsumer } from './support/programs.ts'
import { readings, schemaOf } from './support/readings.ts'
import { write } from './support/write.ts'

/** Milliseconds of silence; a client's patience with one request is shorter. */
const SILENCE = 6_000

/** The registry stops answering while messages come: of a version the consumer knows, then of one it has not seen. */
kpi('registry-silent', async ({ learner, kafka, registry, random }) => {
  const topic = await newTopic({ kafka }, 1)
  const ours = schemaOf({ learner })
  const old = await framedWriter(registry, `${topic}-value`, ours)
  const newer = await framedWriter(registry, `${topic}-value`, {
    ...ours,
    fields: [...ours.fields, { name: 'battery_v', type: 'double', default: 12.5 }],
  })
  const values = readings(random, 40)
  const consumer = await startConsumer({ learner, kafka, registry }, topic)
  await write({ kafka }, topic, values.slice(0, 10).map(old.write))
  await consumer.hasTold('src/consumer.ts tells of the first 10 messages', 10)

  await registry.pause()
  await write({ kafka }, topic, values.slice(10, 20).map(old.write))
  did('src/consumer.ts had read 10 messages. Then the registry stopped answering, and I wrote 10 more of the same version.')
  await consumer.hasTold('it tells of them: it knows their schema', 20)
  await write(
    { kafka },
    topic,
    values.slice(20, 30).map(value => newer.write({ ...value, battery_v: 12 })),
  )
  await write({ kafka }, topic, values.slice(30).map(old.write))
  did(`I wrote 10 of a newer version and 10 of the old one, waited ${SILENCE / 1000} s, and let the registry answer again.`)
  await goOn(consumer, SILENCE)
  await registry.resume()
  const told = await consumer.hasTold('it tells of all messages', values.length)
  const rejected = told.find(one => one.rejected !== undefined)
  if (rejected)
    fail({
      subject: 'a good message while the registry is silent',
      expected: 'it waits, and is accepted',
      saw: `rejected: ${rejected.rejected}`,
    })
  expect(told.map(({ offset }) => offset).join(), 'offsets in the order in which it told of them').toBe(values.map((_, i) => i).join())
})
