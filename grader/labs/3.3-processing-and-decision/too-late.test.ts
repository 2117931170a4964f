import { did, expect, kpi } from '../../kpi/index.ts'
import { expectAlerts } from './support/alerts.ts'
import { MORNING, series, times, truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'
import { expectRejects } from './support/rejects.ts'
import { truck } from './support/trucks.ts'

const LATENESS = 30

kpi('too-late', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const van = truck(5001)
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks: [van], lateness: LATENESS, place: () => 0 })
  await pipe.start()
  const all = series(van, MORNING, times(171, 900))
  const at = (second: number) => ({ ...all[second]!, front: 500 })
  const held = [69, 70]
  const first = all.slice(0, 101).filter((_, second) => !held.includes(second))
  const rest = all.slice(101)
  await pipe.send([...first, at(70), at(69), ...rest])
  did(
    `A truck at 9 °C, MAX_LATENESS_SECONDS ${LATENESS}. After the reading of second 100 came those of second 70 (30 s behind) and 69 (31 s behind), both 5 °C.`,
  )
  const counted = [...first, at(70), ...rest]
  const { marks, last } = await pipe.finish(counted)
  await expectAlerts(pipe, registry, { due: truth([...counted, ...marks]), last })
  const offset = first.length + 1
  const value = pipe.writer.write(pipe.recordOf(at(69)))
  await expectRejects(pipe, [{ partition: 0, offset, key: van.vehicle_id, value, reason: 'too-late' }])
  expect(pipe.rejects.messages.length, 'rejects').toBe(1)
})
