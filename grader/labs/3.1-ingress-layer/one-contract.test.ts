import { csvLine, ndjsonLine, READINGS_HEADER } from '../../../datasets/index.ts'
import { framedReader } from '../../experiments/framed.ts'
import { readTopic } from '../../experiments/topic.ts'
import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { readingsOf } from './support/readings.ts'
import { post, Rig } from './support/rig.ts'

const WAYS = ['CSV file', 'NDJSON file', 'NDJSON by HTTP', 'CSV by HTTP'] as const

/** The same values, written in each format as it may write them. */
const SPELLINGS = [
  { what: '4.2 °C', csv: { front_c: '4.2' }, json: { front_c: 4.2 } },
  { what: '4.20 °C', csv: { front_c: '4.20' }, json: { front_c: '4.20' } },
  { what: '-0.5 °C', csv: { front_c: '-0.50' }, json: { front_c: -0.5 } },
  { what: 'no rear compartment', csv: { rear_c: '', rear_open: '' }, json: { rear_c: null, rear_open: null } },
  { what: 'no rear compartment, not even named', csv: { rear_c: '', rear_open: '' }, json: { rear_c: undefined, rear_open: undefined } },
  { what: 'a rear compartment at 0 °C', csv: { rear_c: '0.00', rear_open: 'false' }, json: { rear_c: 0, rear_open: false } },
  { what: 'a time with tenths', csv: { event_time: '2026-03-05T08:15:30.5Z' }, json: { event_time: '2026-03-05T08:15:30.500Z' } },
] as const

kpi('one-contract', async ({ learner, kafka, registry, scratch, random }) => {
  const data = readingsOf(random, 80, { vehicles: 8 })
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  const columns = READINGS_HEADER.trim().split(',')
  const base = JSON.parse(ndjsonLine(data.rows[0]!)) as Record<string, unknown>
  const asCsv = (row: Record<string, unknown>) => columns.map(name => row[name] ?? '').join(',')
  // 4.20 is a number in JSON, too; JSON.stringify would not write it so.
  const asJson = (row: Record<string, unknown>) => JSON.stringify(row).replace('"4.20"', '4.20')
  const csv = [...data.rows.map(row => csvLine(row).trimEnd()), ...SPELLINGS.map(({ csv }) => asCsv({ ...base, ...csv }))]
  const json = [...data.rows.map(row => ndjsonLine(row).trimEnd()), ...SPELLINGS.map(({ json }) => asJson({ ...base, ...json }))]
  const program = await rig.start()

  did(`I sent the same ${csv.length} readings four times: as a CSV and as an NDJSON file, and as both by HTTP.`)
  rig.drop('same.csv', [READINGS_HEADER.trim(), ...csv, ''].join('\n'))
  rig.drop('same.ndjson', [...json, ''].join('\n'))
  const bodies = [json.join('\n'), [READINGS_HEADER.trim(), ...csv].join('\n')] as const
  expect((await post(program, bodies[0], { id: 'json' })).status, 'answer to POST /readings, application/x-ndjson').toBe(200)
  expect((await post(program, bodies[1], { id: 'csv', type: 'text/csv' })).status, 'answer to POST /readings, text/csv').toBe(200)
  await rig.done('same.csv')
  await rig.done('same.ndjson')

  const byOrigin = new Map((await readTopic(kafka, rig.topic)).map(record => [record.headers['origin'], record]))
  const read = framedReader(registry)
  for (const [i, row] of csv.entries()) {
    const found = [`same.csv:${i + 2}`, `same.ndjson:${i + 1}`, `json:${i + 1}`, `csv:${i + 2}`].map(origin => byOrigin.get(origin))
    const seen = found.map(record => record && `${record.key} ${record.value?.toString('hex')}`)
    if (seen[0] && new Set(seen).size === 1) continue
    const values = await Promise.all(found.map(record => record && read(record.value).then(({ value }) => value)))
    const differing = Object.keys(values[0] ?? {}).filter(name => new Set(values.map(value => JSON.stringify(value?.[name]))).size > 1)
    fail({
      subject: `one reading (${SPELLINGS[i - data.rows.length]?.what ?? `row ${i + 1} of the data set`}), sent four ways`,
      expected: 'the same key and the same bytes',
      saw: seen.includes(undefined) ? `nothing came by ${WAYS.filter((_, n) => !seen[n]).join(' and ')}` : 'different ones',
      details: [
        row,
        ...WAYS.map(
          (way, n) =>
            `${way.padEnd(14)} key ${found[n]?.key}${differing.map(name => `, ${name} ${JSON.stringify(values[n]?.[name])}`).join('')}`,
        ),
      ],
    })
  }
})
