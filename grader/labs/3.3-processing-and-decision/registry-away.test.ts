import { did, expect, kpi } from '../../kpi/index.ts'
import { expectAlerts } from './support/alerts.ts'
import { MORNING, series, times, truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'
import { truck } from './support/trucks.ts'

kpi('registry-away', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const van = truck(5001)
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks: [van], lateness: 10 })
  await pipe.start()
  await registry.kill()
  const readings = series(van, MORNING, [...times(20, 500), ...times(100, 900)])
  await pipe.send(readings)
  const { marks, last } = await pipe.finish(readings)
  did(
    `The processor was ready; I killed the registry, sent ${readings.length} readings in order, and started the registry again, with what it had known.`,
  )
  await registry.start()
  await expectAlerts(pipe, registry, { due: truth([...readings, ...marks]), last })
  await pipe.rejects.caughtUp()
  expect(pipe.rejects.messages.length, 'rejects (the messages were whole; it was the registry that was away)').toBe(0)
})
