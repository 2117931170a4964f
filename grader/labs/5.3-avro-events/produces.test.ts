import { framedReader, NotFramed } from '../../experiments/framed.ts'
import { readTopic } from '../../experiments/topic.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { errorIn, newTopic, produce } from './support/programs.ts'
import { lineOf, readings, shown } from './support/readings.ts'

const COUNT = 300

/** Lines in, framed records out, each decoded by the grader's own reader. */
kpi('produces', async ({ learner, kafka, registry, random }) => {
  const topic = await newTopic({ kafka })
  const values = readings(random, COUNT)
  did(`I gave ${values.length} readings to src/producer.ts and read the topic when it had ended.`)
  const { code, sent, stderr } = await produce({ learner, kafka, registry }, topic, values.map(lineOf))
  if (code !== 0) fail({ subject: 'exit code', expected: '0', saw: `${code}`, details: errorIn(stderr) })
  expect(
    sent
      .map(({ line }) => line)
      .sort((a, b) => a - b)
      .join(),
    'lines that it says are there',
  ).toBe(values.map((_, i) => i + 1).join())

  const records = await readTopic(kafka, topic)
  expect(records.length, 'records in the topic').toBe(values.length)
  const subject = `${topic}-value`
  const { status } = await registry.ask(`/subjects/${encodeURIComponent(subject)}/versions/latest`)
  expect(status, 'the registry’s answer when it is asked for the subject <TOPIC>-value').toBe(200)
  const read = framedReader(registry)
  const decoded = await Promise.all(
    records.map(async ({ key, value }) => {
      try {
        const { value: reading } = await read(value)
        expect(key, 'the key of a record').toBe(reading['vehicle_id'])
        return shown(reading)
      } catch (error) {
        if (!(error instanceof NotFramed)) throw error
        return fail({
          subject: 'the value of a record',
          expected: 'framed Avro: 0, the schema’s id (most significant byte first), the body',
          saw: error.message,
        })
      }
    }),
  )
  const wanted = values.map(shown).sort()
  const odd = decoded.sort().findIndex((one, i) => one !== wanted[i])
  if (odd >= 0) fail({ subject: 'a reading in the topic', expected: wanted[odd]!, saw: decoded[odd]! })
})
