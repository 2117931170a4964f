import { recordsIn } from '../../experiments/topic.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { Bench, V1 } from './support/bench.ts'
import { asVersion2, lines, type Reading, readingsOf } from './support/readings.ts'

kpi('invalid-lines', async ({ learner, kafka, registry, scratch, random, cleanup }) => {
  const bench = await Bench.open({ learner, kafka, registry, scratch, cleanup })
  await bench.released(V1)
  const good = readingsOf(random, 60)
  const [one, two, three, four, five, six] = good as [Reading, Reading, Reading, Reading, Reading, Reading]
  const { speed_kmh: _left, ...lacking } = two
  const { rear_c: _default, ...fine } = three
  const { rear_open: _sent, ...next } = asVersion2(one, random)
  const bad: { text: string; field?: string }[] = [
    { text: JSON.stringify({ ...next, firmware: undefined }), field: 'humidity_pct' },
    { text: JSON.stringify(lacking), field: 'speed_kmh' },
    { text: JSON.stringify({ ...four, front_c: '4.2' }), field: 'front_c' },
    { text: JSON.stringify({ ...five, seq: 3_000_000_000 }), field: 'seq' },
    { text: JSON.stringify({ ...six, vehicle_id: null }), field: 'vehicle_id' },
    { text: '{"vehicle_id":"V-00' },
    { text: '[]' },
  ]
  const rows: { text: string; field?: string; bad?: boolean }[] = [fine, ...good.slice(6)].map(row => ({ text: lines([row]).trimEnd() }))
  for (const row of bad) rows.splice(random.int(0, rows.length), 0, { ...row, bad: true })
  const wanted = rows.flatMap(({ bad, field }, i) => (bad ? [`line ${i + 1}: ${field ?? 'no field'}`] : []))

  did(`I gave src/producer.ts ${rows.length} lines; ${bad.length} of them do not fit ${V1}, one of those has a field more than it.`)
  const { code, out, err } = await bench.produce(V1, rows.map(({ text }) => `${text}\n`).join(''))

  const told = err.filter(line => line['error'] === 'invalid').map(line => `line ${line['line']}: ${line['field'] ?? 'no field'}`)
  expect(told.join('; '), 'on standard error, the lines that were not sent').toBe(wanted.join('; '))
  expect(out.at(-1), 'on standard output').toEqual({ sent: rows.length - bad.length, invalid: bad.length })
  expect(code, 'exit code').toBe(4)
  expect(await recordsIn(kafka, bench.topic), 'records on the topic').toBe(rows.length - bad.length)
})
