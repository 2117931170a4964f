import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { alertsIn, distinct, expectAlerts } from './support/alerts.ts'
import { busyMorning } from './support/busy.ts'
import { truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'

kpi('replayed', async ({ learner, kafka, registry, scratch, cleanup, random }) => {
  const { trucks, readings } = busyMorning(random, 20)
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks, lateness: 20 })
  const first = await pipe.start()
  await pipe.send(readings)
  const { marks, last } = await pipe.finish(readings)
  const due = truth([...readings, ...marks])
  await expectAlerts(pipe, registry, { due, last })
  await first.stop()
  const before = (await pipe.alerts.caughtUp()).length

  const state = `${pipe.topics.state}_2`
  await kafka.admin.createTopics({
    topics: [{ topic: state, numPartitions: 1, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }],
  })
  const second = await pipe.start({ GROUP_ID: `${kafka.topicPrefix}second`, STATE_TOPIC: state })
  did(
    `A processor judged ${readings.length} readings. Then another one, with a group and a state topic of its own, judged the same readings into the same topic of alerts.`,
  )
  const ids = distinct(await alertsIn(pipe.alerts, registry)).length
  await eventually('the second processor writes its alerts', async () => (await pipe.alerts.caughtUp()).length >= before + ids, {
    within: 30_000,
    every: 50,
  })
  expect(distinct(await alertsIn(pipe.alerts, registry)).length, 'different alerts in the topic').toBe(due.length)
  await second.stop()
})
