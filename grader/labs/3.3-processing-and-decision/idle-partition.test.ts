import { did, kpi } from '../../kpi/index.ts'
import { expectAlerts } from './support/alerts.ts'
import { MORNING, series, times, truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'
import { truck } from './support/trucks.ts'

kpi('idle-partition', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const [alone, other] = [truck(5001), truck(5002)]
  const place = ({ index }: { index: number }) => (index === alone.index ? 0 : 1)
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks: [alone, other], lateness: 20, place })
  await pipe.start({ IDLE_MS: '1000' })
  const last = series(alone, MORNING, [...times(10, 500), 750])
  const talk = series(other, MORNING, [...times(400, 500), ...times(50, 750)])
  await pipe.send([...last, ...talk])
  did(
    'Three partitions: a truck in the first, which stopped at second 10; another in the second, which went on to second 449; the third empty. IDLE_MS 1000.',
  )
  const due = truth([...last, ...talk])
  await expectAlerts(pipe, registry, { due, last: due, comesByTime: true })
})
