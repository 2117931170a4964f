import { framedWriter } from '../../experiments/streams/writer.ts'
import { did, fail, kpi } from '../../kpi/index.ts'
import { newTopic, startConsumer } from './support/programs.ts'
import { difference, readings, schemaOf } from './support/readings.ts'
import { write } from './support/write.ts'

/** A newer version of the schema beside the consumer's: a field more, one with a default gone, another order. */
kpi('evolves', async ({ learner, kafka, registry, random }) => {
  const topic = await newTopic({ kafka }, 1)
  const ours = schemaOf({ learner })
  const old = await framedWriter(registry, `${topic}-value`, ours)
  const kept = ours.fields.filter(({ name }) => name !== 'rear_open')
  const fields = random.shuffle([...kept, { name: 'battery_v', type: 'double', default: 12.5 }])
  const newer = await framedWriter(registry, `${topic}-value`, { ...ours, fields })
  const values = readings(random, 40)
  const written = values.map((value, i) =>
    i % 2 === 0 ? old.write(value) : newer.write({ ...value, battery_v: random.int(110, 140) / 10 }),
  )
  await write({ kafka }, topic, written)
  did(
    'A newer producer registered its version: a field battery_v more, rear_open (which has a default) gone, fields in another order. Its readings and those of the old one took turns.',
  )

  const consumer = await startConsumer({ learner, kafka, registry }, topic)
  const told = await consumer.hasTold('src/consumer.ts tells of every message', values.length)
  for (const [i, value] of values.entries()) {
    const wanted = i % 2 === 0 ? value : { ...value, rear_open: null }
    const one = told.find(({ offset }) => offset === i)
    const of = i % 2 === 0 ? 'a reading of the old version' : 'a reading of the newer version, as the consumer’s own schema has it'
    if (!one?.accepted) fail({ subject: of, expected: 'accepted', saw: `rejected: ${one?.rejected}` })
    const other = difference(one.accepted, wanted)
    if (other) fail({ ...other, subject: `${other.field} of ${of}` })
  }
})
