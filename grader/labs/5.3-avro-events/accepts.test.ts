import { framedWriter } from '../../experiments/streams/writer.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { newTopic, place, startConsumer } from './support/programs.ts'
import { difference, readings, schemaOf } from './support/readings.ts'
import { write } from './support/write.ts'

/** Good messages in three partitions, written by the grader. */
kpi('accepts', async ({ learner, kafka, registry, random }) => {
  const topic = await newTopic({ kafka })
  const writer = await framedWriter(registry, `${topic}-value`, schemaOf({ learner }))
  // Some trucks have no rear compartment.
  const values = readings(random, 90).map((value, i) => (i % 4 === 0 ? { ...value, rear_c: null, rear_open: null } : value))
  const wanted = new Map<string, object>()
  for (const partition of [0, 1, 2]) {
    const own = values.filter((_, i) => i % 3 === partition)
    const places = await write({ kafka }, topic, own.map(writer.write), partition)
    places.forEach((at, i) => void wanted.set(place(at), own[i]!))
  }
  did(`I put ${values.length} readings on the topic, into three partitions, and started src/consumer.ts.`)
  const consumer = await startConsumer({ learner, kafka, registry }, topic)
  const told = await consumer.hasTold('src/consumer.ts tells of every message', values.length)
  expect(told.length, 'lines that it printed').toBe(values.length)
  for (const one of told) {
    if (!one.accepted)
      fail({ subject: 'a good message', expected: '{"partition", "offset", "accepted"}', saw: `rejected: ${one.rejected}` })
    const due = wanted.get(place(one))
    if (!due) fail({ subject: 'offset of a message', expected: 'that of one that is there', saw: String(one.offset) })
    const other = difference(one.accepted, due)
    if (other) fail({ ...other, subject: `${other.field} of a reading` })
  }
  for (const partition of [0, 1, 2]) {
    const offsets = told.filter(one => one.partition === partition).map(({ offset }) => offset)
    expect(offsets.join(), 'offsets of one partition, in the order in which it told of them').toBe(offsets.toSorted((a, b) => a - b).join())
  }
})
