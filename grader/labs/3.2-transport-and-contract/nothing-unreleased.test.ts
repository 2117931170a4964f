import { recordsIn } from '../../experiments/topic.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { Bench, V1 } from './support/bench.ts'
import { CHANGES, type Schema } from './support/changes.ts'
import { readingsOf } from './support/readings.ts'

const TRIED = ['add a field with a default', 'remove a field without a default'] as const

kpi('nothing-unreleased', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup })
  await bench.released(V1)
  const readings = readingsOf(random, 40)
  const base = JSON.parse(await learner.read(V1)) as Schema

  for (const name of TRIED) {
    const change = CHANGES.find(each => each.name === name)!
    const [schema] = change.versions(base, random)
    const lacking = base.fields.find(field => !schema!.fields.some(each => each.name === field.name))
    const rows = readings.map(reading => Object.fromEntries(Object.entries(reading).filter(([field]) => field !== lacking?.name)))
    did(`I started src/producer.ts with a schema that nobody has released: ${V1}, changed so: ${name}.`)
    const { code, err } = await bench.produce(bench.schemaFile(schema), rows)
    expect(code, `exit code of src/producer.ts (${name})`).toBe(3)
    const [line = {}] = err.filter(each => each['error'] !== undefined)
    const { error, subject, status, message } = line
    expect({ error, subject, status }, 'on standard error, one line of JSON').toEqual({
      error: 'not-released',
      subject: bench.subject,
      status: 404,
    })
    expect(String(message).startsWith('incompatible'), `its message begins with "incompatible" (${name})`).toBe(!change.allowed)
    expect(await recordsIn(kafka, bench.topic), 'records on the topic').toBe(0)
    expect(await bench.versions(), 'versions of the subject: a producer registers nothing').toEqual([1])
  }
  did('I started it on a topic of which nobody has released any schema.')
  const other = await Bench.open({ learner, kafka: { ...kafka, topicPrefix: `${kafka.topicPrefix}new_` }, registry, scratch, cleanup })
  const { code } = await other.produce(V1, readings)
  expect(code, 'exit code of src/producer.ts').toBe(3)
  expect([await other.versions(), await recordsIn(kafka, other.topic)], 'versions of the subject, records on the topic').toEqual([[], 0])
})
