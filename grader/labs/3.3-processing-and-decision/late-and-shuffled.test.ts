import { did, kpi } from '../../kpi/index.ts'
import { expectAlerts } from './support/alerts.ts'
import { fjordline, latenessOf } from './support/fjordline.ts'
import { truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'

/** Seconds that the network may hold a reading back. */
const HELD = 90

kpi('late-and-shuffled', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const { arrived, data } = fjordline(random, 3, { duplicatePerMillion: 0 })
  const shuffled = arrived
    .map(reading => ({ reading, arrives: reading.at + random.next() * HELD }))
    .sort((a, b) => a.arrives - b.arrives)
    .map(({ reading }) => reading)
  const lateness = latenessOf(shuffled, ({ truck }) => truck.index % 3)
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks: data.dataset.vehicles, lateness })
  await pipe.start()
  await pipe.send(shuffled)
  const { marks, last } = await pipe.finish(shuffled)
  did(
    `I sent ~${shuffled.length} readings, each held back by up to ${HELD} s of event time. MAX_LATENESS_SECONDS was ~${lateness}: none is too late.`,
  )
  await expectAlerts(pipe, registry, { due: truth([...shuffled, ...marks]), last })
})
