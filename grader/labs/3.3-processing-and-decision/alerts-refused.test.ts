import { did, eventually, fail, kpi } from '../../kpi/index.ts'
import { expectAlerts } from './support/alerts.ts'
import { busyMorning } from './support/busy.ts'
import { truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'
import { limitOf } from './support/topic-limit.ts'

kpi('alerts-refused', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const { trucks, readings } = busyMorning(random, 20)
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks, lateness: 20 })
  const processor = await pipe.start()
  const half = Math.floor(readings.length / 2)
  const [first, second] = [readings.slice(0, half), readings.slice(half)]
  const began = performance.now()
  await pipe.send(first)
  await eventually('the processor commits what it has judged to its group', async () => (await pipe.committed()) >= half, {
    within: 30_000,
  })
  const took = performance.now() - began

  await limitOf(kafka, pipe.topics.alerts, 1)
  await pipe.send(second)
  did(
    `The processor judged ${half} readings. Then I made the broker refuse every alert (max.message.bytes 1) and sent ${second.length} more, in which alerts are due.`,
  )
  // As long as it took for the first half, three times over: who passes over a refused alert has done so by then.
  const until = performance.now() + Math.max(1500, 3 * took)
  await eventually('', async () => performance.now() > until || (await pipe.committed()) >= readings.length, { within: 120_000, every: 50 })
  if ((await pipe.committed()) >= readings.length)
    fail({
      subject: 'readings whose alerts nobody has',
      expected: 'not committed: a restart must judge them again',
      saw: 'all committed to the group while every alert was refused',
    })
  await processor.kill()
  await limitOf(kafka, pipe.topics.alerts, 1_000_000)
  await pipe.start()
  did('I killed it (kill -9), let the broker take alerts again, and started it.')
  const { marks, last } = await pipe.finish(readings)
  await expectAlerts(pipe, registry, { due: truth([...readings, ...marks]), last, byChance: true })
})
