import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { csvLine, READINGS_HEADER } from '../../../datasets/index.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { arrived, judgeArrived, ledgerOf } from './support/arrived.ts'
import { dueOf, ndjsonFile, readingsOf } from './support/readings.ts'
import { Rig } from './support/rig.ts'

kpi('file-in', async ({ learner, kafka, registry, scratch, random }) => {
  const data = readingsOf(random, 900)
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  const parts = [data.rows.slice(0, 300), data.rows.slice(300, 600), data.rows.slice(600)] as const
  const dues = parts.map(rows => rows.map(dueOf))
  const columns = READINGS_HEADER.trim().split(',')
  const order = random.shuffle(columns.map((_, i) => i))
  const reordered = parts[0].map(csvLine).map(line => `${random.word(3)},${order.map(i => line.trim().split(',')[i]).join(',')}`)
  const csv = [`note,${order.map(i => columns[i]).join(',')}`, ...reordered].join('\n') // The last line has no line end.

  rig.drop('monday.csv', csv)
  await rig.start()
  did('monday.csv lay in the inbox when the ingress started: other order of columns, one more column, no line end after the last row.')
  writeFileSync(join(rig.inbox, 'wednesday.ndjson.part'), ndjsonFile(parts[2]).slice(0, 20_000))
  rig.drop('tuesday.ndjson', ndjsonFile(parts[1]))
  did('I put tuesday.ndjson into it, and began to write wednesday.ndjson.part.')
  await rig.done('monday.csv')
  await rig.done('tuesday.ndjson')

  judgeArrived(
    ledgerOf([
      { source: 'monday.csv', first: 2, dues: dues[0]! },
      { source: 'tuesday.ndjson', first: 1, dues: dues[1]! },
    ]),
    await arrived({ kafka, registry }, rig),
  )
  const part = join(rig.inbox, 'wednesday.ndjson.part')
  expect(existsSync(part), 'wednesday.ndjson.part, which is still being written, is where it was').toBe(true)
  writeFileSync(part, ndjsonFile(parts[2]))
  renameSync(part, part.replace('.part', ''))
  did('I wrote it to its end and renamed it to wednesday.ndjson.')
  await rig.done('wednesday.ndjson')

  judgeArrived(
    ledgerOf([
      { source: 'monday.csv', first: 2, dues: dues[0]! },
      { source: 'tuesday.ndjson', first: 1, dues: dues[1]! },
      { source: 'wednesday.ndjson', first: 1, dues: dues[2]! },
    ]),
    await arrived({ kafka, registry }, rig),
  )
})
