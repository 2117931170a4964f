import { did, expect, kpi } from '../../kpi/index.ts'
import { arrived, judgeArrived, ledgerOf } from './support/arrived.ts'
import { csvFile, dueOf, ndjsonFile, readingsOf } from './support/readings.ts'
import { Rig } from './support/rig.ts'

kpi('truck-order', async ({ learner, kafka, registry, scratch, random }) => {
  const data = readingsOf(random, 12_000, { vehicles: 8 })
  const rig = await Rig.open({ learner, kafka, registry, scratch }, data.dataset)
  const half = data.rows.length / 2
  const [early, late] = [data.rows.slice(0, half), data.rows.slice(half)]
  did('I put two files with readings of 8 trucks into the inbox, one after the other; the topic has 3 partitions.')
  rig.drop('1-early.csv', csvFile(early))
  await rig.start()
  await rig.done('1-early.csv')
  rig.drop('2-late.ndjson', ndjsonFile(late))
  await rig.done('2-late.ndjson')

  const records = await arrived({ kafka, registry }, rig)
  const places = new Map<string, Set<number>>()
  for (const { vehicle, partition } of records) places.set(vehicle, (places.get(vehicle) ?? new Set()).add(partition))
  const scattered = [...places].find(([, partitions]) => partitions.size > 1)
  expect(scattered?.[1].size ?? 1, `partitions with readings of ${scattered?.[0]}`).toBe(1)
  judgeArrived(
    ledgerOf([
      { source: '1-early.csv', first: 2, dues: early.map(dueOf) },
      { source: '2-late.ndjson', first: 1, dues: late.map(dueOf) },
    ]),
    records,
    { order: true },
  )
})
