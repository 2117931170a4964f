import { framedWriter } from '../../experiments/streams/writer.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { newTopic, place, startConsumer } from './support/programs.ts'
import { readings, schemaOf, shown } from './support/readings.ts'
import { write } from './support/write.ts'

/** Good messages in three partitions, written by the grader. */
kpi('accepts', async ({ learner, kafka, registry, random }) => {
  const topic = await newTopic({ kafka })
  const writer = await framedWriter(registry, `${topic}-value`, schemaOf({ learner }))
  const values = readings(random, 90)
  const wanted = new Map<string, string>()
  for (const partition of [0, 1, 2]) {
    const own = values.filter((_, i) => i % 3 === partition)
    const places = await write({ kafka }, topic, own.map(writer.write), partition)
    places.forEach((at, i) => void wanted.set(place(at), shown(own[i]!)))
  }
  did(`I put ${values.length} readings on the topic, into three partitions, and started src/consumer.ts.`)
  const consumer = await startConsumer({ learner, kafka, registry }, topic)
  const told = await consumer.hasTold('src/consumer.ts tells of every message', values.length)
  expect(told.length, 'lines that it printed').toBe(values.length)
  for (const one of told) {
    if (!one.accepted)
      fail({ subject: 'a good message', expected: '{"partition", "offset", "accepted"}', saw: `rejected: ${one.rejected}` })
    if (shown(one.accepted) !== wanted.get(place(one)))
      fail({
        subject: 'what was accepted',
        expected: wanted.get(place(one)) ?? 'nothing: there is no message there',
        saw: shown(one.accepted),
      })
  }
  for (const partition of [0, 1, 2]) {
    const offsets = told.filter(one => one.partition === partition).map(({ offset }) => offset)
    expect(offsets.join(), 'offsets of one partition, in the order in which it told of them').toBe(offsets.toSorted((a, b) => a - b).join())
  }
})
