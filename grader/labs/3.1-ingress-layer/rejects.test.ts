import { csvLine, ndjsonLine, READINGS_HEADER } from '../../../datasets/index.ts'
import { did, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { arrived, judgeArrived, ledgerOf } from './support/arrived.ts'
import { type Due, dueOf, readingsOf } from './support/readings.ts'
import { type DueReject, judgeRejected } from './support/rejected.ts'
import { post, Rig } from './support/rig.ts'
import { csvTraps, jsonTraps, type Trap } from './support/traps.ts'

kpi('rejects', async ({ learner, kafka, registry, scratch, random }) => {
  const data = readingsOf(random, 800, { corrupt: 5 })
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  const good = JSON.parse(ndjsonLine(data.rows.find(row => !row.corrupt)!)) as Record<string, unknown>
  const dues = data.rows.map(dueOf)
  const bad = dues.filter(({ reject }) => reject).length
  if (bad < 20) inconclusive(`The data set has only ${bad} corrupt rows.`)
  const lines = { csv: data.rows.map(row => csvLine(row).trimEnd()), json: data.rows.map(row => ndjsonLine(row).trimEnd()) }
  const traps = { csv: csvTraps(good), json: jsonTraps(good) }
  /** Traps between the rows of the data set, at drawn places. */
  const mixed = (raws: string[], made: Trap[]): { raw: string; due: Due }[] => {
    const rows = raws.map((raw, i) => ({ raw, due: dues[i]! }))
    for (const { raw, ...reject } of made) rows.splice(random.int(0, rows.length), 0, { raw, due: { vehicle: '', reject } })
    return rows
  }
  const csv = mixed(lines.csv, traps.csv)
  const json = mixed(lines.json, traps.json)
  const program = await rig.start()

  did(
    `I sent ${data.rows.length} readings, ${bad} of them corrupt, with ${traps.csv.length} and ${traps.json.length} more bad rows as CSV and NDJSON.`,
  )
  rig.drop('mixed.csv', [READINGS_HEADER.trim(), ...csv.map(({ raw }) => raw), ''].join('\n'))
  rig.drop('mixed.ndjson', json.map(({ raw }) => `${raw}\n`).join(''))
  await rig.done('mixed.csv')
  await rig.done('mixed.ndjson')
  const half = json.slice(0, 100)
  const fine = half.filter(({ due }) => due.reading).length
  const reply = await post(program, half.map(({ raw }) => raw).join('\n'), { id: 'req-1' })
  did(`I posted its first ${half.length} rows, and then a bad one alone.`)
  expect([reply.status, reply.body], 'answer to a request with good and bad rows').toEqual([
    200,
    { accepted: fine, rejected: half.length - fine },
  ])
  const alone = await post(program, traps.json[0]!.raw, { id: 'req-2', type: 'application/json' })
  expect([alone.status, alone.body], 'answer to a request with a bad row alone').toEqual([422, { accepted: 0, rejected: 1 }])

  const rejectsOf = (source: string, first: number, rows: { raw: string; due: Due }[]): DueReject[] =>
    rows.flatMap(({ raw, due }, i) => (due.reject ? [{ source, line: first + i, raw, ...due.reject }] : []))
  await judgeRejected({ kafka }, rig, [
    ...rejectsOf('mixed.csv', 2, csv),
    ...rejectsOf('mixed.ndjson', 1, json),
    ...rejectsOf('req-1', 1, half),
    { source: 'req-2', line: 1, ...traps.json[0]! },
  ])
  judgeArrived(
    ledgerOf([
      { source: 'mixed.csv', first: 2, dues: csv.map(({ due }) => due) },
      { source: 'mixed.ndjson', first: 1, dues: json.map(({ due }) => due) },
      { source: 'req-1', first: 1, dues: half.map(({ due }) => due) },
    ]),
    await arrived({ kafka, registry }, rig),
  )
})
