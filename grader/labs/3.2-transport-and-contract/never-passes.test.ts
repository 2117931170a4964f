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
  const holds = (offset: number) => `offset ${offset} holds ${records[offset]?.bad?.what ?? 'a reading'}`
  await eventually(
    'the last record, a good one, is printed',
    () => {
      const last = printed(program).at(-1)?.offset ?? -1
      if (last === records.length - 1) return true
      return fail({ saw: `${program.running ? 'nothing' : 'it ended'} after offset ${last}; ${holds(last + 1)}` })
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

  const missing = async () => {
    const aside = new Set((await setAside({ kafka }, bench)).map(({ offset }) => offset))
    return records.findIndex(({ bad }, offset) => bad && !aside.has(offset))
  }
  await eventually(
    'every record that is no reading is on the reject topic',
    async () => {
      const offset = await missing()
      return offset === -1 || fail({ saw: `nothing about offset ${offset}; ${holds(offset)}` })
    },
    { within: PATIENCE, every: 300 },
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
