import { framedReader } from '../../experiments/framed.ts'
import { recordsIn } from '../../experiments/topic.ts'
import { did, expect, kpi } from '../../kpi/index.ts'
import { alertsIn, expectAlerts } from './support/alerts.ts'
import { MORNING, series, times, truth } from './support/measured.ts'
import { pipeline } from './support/pipeline.ts'
import { truck } from './support/trucks.ts'

kpi('routed', async ({ learner, kafka, registry, scratch, cleanup }) => {
  const [vaccine, salmon] = [truck(5001), truck(5002, 'salmon', 'frozen')]
  const pipe = await pipeline({ learner, kafka, registry, scratch, cleanup }, { trucks: [vaccine, salmon], lateness: 10 })
  await pipe.start()
  const readings = [
    ...series(vaccine, MORNING, [...times(10, 500), ...times(70, 900)]),
    ...series(salmon, MORNING, [...times(30, 200), ...times(100, null), ...times(60, 200), ...times(100, 500)], -2000),
  ]
  await pipe.send(readings)
  const { marks, last } = await pipe.finish(readings)
  const due = truth([...readings, ...marks])
  did(`I sent ${readings.length} readings of 2 trucks, one too warm after 10 s, the other after a pause; none is late or broken.`)
  const among = (alert: { rule: string }) => alert.rule === 'threshold'
  await expectAlerts(pipe, registry, { due, last: last.filter(among), among })

  const alerts = await alertsIn(pipe.alerts, registry)
  for (const { id, key } of alerts) expect(key, 'key of a message on the topic of alerts (its alert has the id of the same text)').toBe(id)
  const { status, body } = await registry.ask<{ id: number; schema: string }>(`/subjects/${pipe.topics.alerts}-value/versions/latest`)
  expect(status, 'answer of the registry to the subject <topic of alerts>-value').toBe(200)
  const { schema } = await framedReader(registry)(pipe.alerts.messages[0]!.value)
  expect(JSON.stringify(schema), 'schema that the alerts carry the id of (that of the subject <topic of alerts>-value)').toBe(
    JSON.stringify(JSON.parse(body.schema)),
  )
  await pipe.rejects.caughtUp()
  expect(pipe.rejects.messages.length, 'messages on the topic of rejects').toBe(0)
  const sent = readings.length + marks.length + 3
  expect(await recordsIn(kafka, pipe.topics.readings), 'messages on the topic of readings (I sent all of them)').toBe(sent)
})
