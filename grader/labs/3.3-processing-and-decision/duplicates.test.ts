import { did, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { expectAlerts } from './support/alerts.ts'
import { fjordline } from './support/fjordline.ts'
import { truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'

kpi('duplicates', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const { arrived, data, lateness } = fjordline(random, 3, { duplicatePerMillion: 400_000, corruptPerMillion: 0, readings: 6_000 })
  const copies = data.rows.filter(row => row.copyOf !== null).length
  if (copies === 0) inconclusive('the data of this seed has no duplicate')
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks: data.dataset.vehicles, lateness })
  await pipe.start()
  await pipe.send(arrived)
  const { marks, last } = await pipe.finish(arrived)
  did(`I sent ~${arrived.length} readings, ~${copies} of them for the second time.`)
  await expectAlerts(pipe, registry, { due: truth([...arrived, ...marks]), last })
  await pipe.rejects.caughtUp()
  expect(pipe.rejects.messages.length, 'rejects (a duplicate is no mistake of anybody’s)').toBe(0)
})
