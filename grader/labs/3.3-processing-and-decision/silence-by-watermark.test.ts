import { did, expect, kpi } from '../../kpi/index.ts'
import { alertsIn, expectAlerts, tell } from './support/alerts.ts'
import { MORNING, series, times, truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'
import { truck } from './support/trucks.ts'

const LATENESS = 10

kpi('silence-by-watermark', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const [quiet, other] = [truck(5001), truck(5002)]
  const pipe = await pipeline(
    { learner, kafka, registry, scratch, cleanup },
    { trucks: [quiet, other], lateness: LATENESS, place: () => 0 },
  )
  await pipe.start()
  const talk = series(other, MORNING, [...times(110, 500), ...times(300, 750)])
  const before = [...series(quiet, MORNING, [500]), ...talk.slice(0, 120 + LATENESS + 1)]
  await pipe.send(before)
  // The other truck's change at second 110 is an alert, and there is nothing due before it.
  const jump = truth(before).filter(({ vehicle_id }) => vehicle_id === other.vehicle_id)
  did('Two trucks in one partition. One sent a reading at second 0 and no more; the watermark came to second 120, which is in time.')
  await expectAlerts(pipe, registry, { due: jump, last: jump })

  const after = talk.slice(before.length - 1, before.length + 50)
  await pipe.send(after)
  const silence = truth([...before, ...after]).filter(({ rule }) => rule === 'silence')
  did('The other truck went on: the watermark passed second 120. The quiet truck has still said nothing.')
  await expectAlerts(pipe, registry, { due: [...jump, ...silence], last: silence })

  const again = series(quiet, MORNING, [...times(200, null), 500]).map(one => ({ ...one, seq: 2 }))
  await pipe.send([...again, ...talk.slice(before.length + 50)])
  did('It came back at second 200.')
  const all = [...before, ...after, ...again, ...talk.slice(before.length + 50)]
  const { marks, last } = await pipe.finish(all)
  await expectAlerts(pipe, registry, { due: truth([...all, ...marks]), last })
  const own = (await alertsIn(pipe.alerts, registry)).filter(({ vehicle_id }) => vehicle_id === quiet.vehicle_id)
  const first = own.filter(alert => tell(alert) === tell(silence[0]!))
  expect(first.length, 'how often the alert of the first silence was written (nothing was killed)').toBe(1)
})
