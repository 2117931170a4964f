import { framedWriter } from '../../experiments/streams/writer.ts'
import { did, fail, kpi } from '../../kpi/index.ts'
import { newTopic, startConsumer } from './support/programs.ts'
import { readings, schemaOf } from './support/readings.ts'
import { spoilers, write } from './support/write.ts'

/** Another contract of the same registry. */
const PLATE = { type: 'record', name: 'Plate', namespace: 'no.fjordline', fields: [{ name: 'vehicle_id', type: 'string' }, { name: 'plate', type: 'string' }] } // biome-ignore format: one line

const EACH = 5

/** Every kind of bad message, several times, between good ones. */
kpi('rejects', async ({ learner, kafka, registry, random }) => {
  const topic = await newTopic({ kafka }, 1)
  const writer = await framedWriter(registry, `${topic}-value`, schemaOf({ learner }))
  const foreign = await framedWriter(registry, `${kafka.topicPrefix}plates-value`, PLATE)
  // Without a rear compartment the last byte is the branch of a union.
  const good = readings(random, 60).map(value => writer.write({ ...value, rear_c: null, rear_open: null }))
  const messages: { value: Buffer | null; reason?: string }[] = good.map(value => ({ value }))
  for (const [reason, spoil] of Object.entries(spoilers(foreign, random)))
    for (let i = 0; i < EACH; i++) messages.splice(random.int(0, messages.length), 0, { value: spoil(random.pick(good), i), reason })
  const places = await write(
    { kafka },
    topic,
    messages.map(({ value }) => value),
  )
  const reasons = new Map(places.map(({ offset }, i) => [offset, messages[i]!]))
  did(
    `On the topic were ${good.length} readings and between them ${messages.length - good.length} others: unframed, truncated, corrupt, with an id nobody knows, with the id of another subject’s schema.`,
  )

  const consumer = await startConsumer({ learner, kafka, registry }, topic)
  const told = await consumer.hasTold('src/consumer.ts tells of every message', messages.length)
  const [first] = told
    .map(one => ({ ...one, due: reasons.get(one.offset) }))
    .filter(({ accepted, rejected, due }) => (due?.reason ?? 'accepted') !== (accepted ? 'accepted' : rejected))
    .sort((a, b) => String(a.due?.reason).localeCompare(String(b.due?.reason)))
  if (first)
    fail({
      subject: first.due?.reason ? `a message that is ${WORDS[first.due.reason]}` : 'a good message between bad ones',
      expected: first.due?.reason ? `{"partition", "offset", "rejected": "${first.due.reason}"}` : 'accepted',
      saw: first.accepted ? 'accepted' : `rejected: ${first.rejected}`,
    })
})

const WORDS: Record<string, string> = {
  unframed: 'not framed',
  'unknown-schema': 'framed with an id that the registry does not know',
  'foreign-schema': 'framed with the id of another subject’s schema',
  truncated: 'cut off before its end',
  corrupt: 'framed rightly but no reading: a byte too many, or a branch that the union does not have',
}
