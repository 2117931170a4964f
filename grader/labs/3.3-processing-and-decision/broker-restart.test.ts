import { did, expect, kpi } from '../../kpi/index.ts'
import { expectAlerts } from './support/alerts.ts'
import { busyMorning } from './support/busy.ts'
import { truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'

kpi('broker-restart', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const { trucks, readings } = busyMorning(random, 20)
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks, lateness: 20 })
  const processor = await pipe.start()
  const half = Math.floor(readings.length / 2)
  await pipe.send(readings.slice(0, half))
  await kafka.restart()
  await pipe.send(readings.slice(half))
  const { marks, last } = await pipe.finish(readings)
  did(`I sent ${half} readings, killed the broker (kill -9) and started it again with its data, and sent ${readings.length - half} more.`)
  await expectAlerts(pipe.alerts, registry, { due: truth([...readings, ...marks]), last })
  expect(processor.running, 'the processor still runs').toBe(true)
})
