import { framedReader, NotFramed } from '../../experiments/framed.ts'
import { readTopic } from '../../experiments/topic.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { Bench, V1 } from './support/bench.ts'
import { readingsOf } from './support/readings.ts'

kpi('framed', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup })
  // Others have registered before, so that no id can be guessed.
  for (let i = random.int(1, 3); i > 0; i--) {
    const schema = JSON.stringify({
      type: 'record',
      name: 'Other',
      fields: [{ name: `${random.word()}_`.replace(/^\d/, 'x'), type: 'string' }],
    })
    await registry.ask(`/subjects/${kafka.topicPrefix}other-${i}-value/versions`, 'POST', { schema })
  }
  const readings = readingsOf(random, 300)

  did(`I released ${V1} with src/release.ts and gave src/producer.ts ${readings.length} readings.`)
  const release = await bench.release(V1)
  expect(release.code, 'exit code of src/release.ts').toBe(0)
  const { status, body } = await registry.ask<{ id: number; version: number }>(`/subjects/${bench.subject}/versions/latest`)
  expect(status, 'GET /subjects/<TOPIC>-value/versions/latest').toBe(200)
  expect(release.out.at(-1), 'what src/release.ts printed').toEqual({ subject: bench.subject, id: body.id, version: 1 })
  const { code, out } = await bench.produce(V1, readings)
  expect(code, 'exit code of src/producer.ts').toBe(0)
  expect(out.at(-1), 'what src/producer.ts printed').toEqual({ sent: readings.length, invalid: 0 })

  const read = framedReader(registry)
  const found: string[] = []
  for (const record of await readTopic(kafka, bench.topic)) {
    try {
      const { id, value } = await read(record.value)
      expect(id === body.id, 'the id in a frame is the one that was released').toBe(true)
      expect(record.key, 'key of a reading').toBe(value['vehicle_id'])
      found.push(JSON.stringify(value))
    } catch (error) {
      if (!(error instanceof NotFramed)) throw error
      fail({ subject: 'a record on the topic', expected: '0, the schema’s id in 4 bytes, the reading in Avro', saw: error.message })
    }
  }
  expect(
    found.toSorted().join('\n') ===
      readings
        .map(reading => JSON.stringify(reading))
        .toSorted()
        .join('\n'),
    'the readings on the topic are those that were sent',
  ).toBe(true)
})
