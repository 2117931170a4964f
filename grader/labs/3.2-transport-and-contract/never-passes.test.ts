import { recordsIn } from '../../experiments/topic.ts'
import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { Bench, framed, PATIENCE, printed, V1 } from './support/bench.ts'
import { foreignId } from './support/foreign.ts'
import { neverData } from './support/never.ts'
import { readingsOf } from './support/readings.ts'
import { setAside } from './support/set-aside.ts'

kpi('never-passes', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup }, { partitions: 1 })
  const id = await bench.released(V1)
  const readings = readingsOf(random, 40)
  const good = await Promise.all(readings.map(reading => framed(learner, V1, id, reading)))
  const bad = neverData(good[0]!, id, await foreignId({ learner, kafka, registry }), random)
  const records: { value: Buffer | null; bad?: (typeof bad)[number] }[] = good.map(value => ({ value }))
  for (const each of random.shuffle(bad)) records.splice(random.int(1, records.length - 1), 0, { value: each.value, bad: each })
  await bench.send(records)

  did(`I sent ${good.length} readings, and between them ${bad.length} records that are none, and started src/consumer.ts.`)
  const program = await bench.consume(V1, 'reader')
  await eventually(
    'the last record, a good one, is printed',
    () => {
      const last = printed(program).at(-1)
      if (last?.offset === records.length - 1) return true
      const next = (last?.offset ?? -1) + 1
      return program.running
        ? fail({ saw: `the last that was printed has offset ${last?.offset ?? 'none'}` })
        : fail({ saw: `it ended after offset ${next - 1}; offset ${next} holds ${records[next]?.bad?.what ?? 'a good one'}` })
    },
    { within: PATIENCE },
  )
  const passed = printed(program).find(({ offset }) => records[offset]?.bad)
  if (passed)
    fail({
      subject: `a record that is no reading: ${records[passed.offset]!.bad!.what}`,
      expected: `rejected as ${records[passed.offset]!.bad!.reason}`,
      saw: `printed: ${JSON.stringify(passed.reading)}`,
    })
  const wanted = records.flatMap(({ bad }, offset) => (bad ? [] : [offset]))
  expect(
    printed(program)
      .map(({ offset }) => offset)
      .join(' '),
    'offsets of the readings that it printed',
  ).toBe(wanted.join(' '))
  expect(printed(program)[0]?.reading, 'the first reading').toEqual(readings[0])

  await eventually(
    'every record that is none is on the reject topic',
    async () =>
      (await recordsIn(kafka, bench.rejectTopic)) >= bad.length ||
      fail({ saw: `${await recordsIn(kafka, bench.rejectTopic)} of ${bad.length}` }),
  )
  const aside = await setAside({ kafka }, bench)
  for (const [offset, { bad }] of records.entries()) {
    if (!bad) continue
    const found = aside.filter(each => each.offset === offset)
    const due = { reason: bad.reason, topic: bench.topic, partition: 0, offset, value: bad.value?.toString('base64') ?? null }
    expect(found, `what the reject topic has about offset ${offset}: ${bad.what}`).toEqual([due])
  }
  expect(aside.length, 'records on the reject topic').toBe(bad.length)
})
