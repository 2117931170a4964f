import { did, inconclusive, kpi } from '../../kpi/index.ts'
import { expectAlerts } from './support/alerts.ts'
import { broken } from './support/broken.ts'
import { fjordline } from './support/fjordline.ts'
import { measured, truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'
import { type Bad, expectRejects } from './support/rejects.ts'

kpi('corrupt-input', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const { arrived, data, lateness } = fjordline(random, 3, { corruptPerMillion: 25_000 })
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks: data.dataset.vehicles, lateness })
  const offsets = [0, 0, 0]
  const bad: Bad[] = []
  const messages = data.rows.map(row => {
    const { truck } = measured(row)
    const partition = pipe.partitionOf(truck)
    const offset = offsets[partition]!++
    const at = { partition, key: truck.vehicle_id }
    if (row.corrupt === null) return { ...at, value: pipe.writer.write(pipe.recordOf(measured(row))) }
    const { value, reason } = broken(pipe.writer, pipe.recordOf(measured(row)), row)
    bad.push({ ...at, offset, value, reason })
    return { ...at, value }
  })
  const kinds = new Set(bad.map(({ reason }) => reason))
  if (kinds.size < 5) inconclusive(`the data of this seed is broken in ${kinds.size} of 5 ways only`)
  await pipe.start()
  await pipe.produce(messages)
  const { marks, last } = await pipe.finish(arrived)
  did(
    `I sent ~${messages.length} messages, ~${bad.length} of them corrupt: cut, with bytes left over, no frame, a schema id nobody has, NaN, a truck nobody has.`,
  )
  await expectAlerts(pipe, registry, { due: truth([...arrived, ...marks]), last })
  await expectRejects(pipe, bad)
})
