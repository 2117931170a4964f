import { between, runNemesis } from '../../experiments/nemesis.ts'
import { follow } from '../../experiments/streams/follow.ts'
import { did, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { makeFlow } from './support/flow.ts'
import { fjordline } from './support/records.ts'
import { programSink } from './support/sinks.ts'
import { expectRows, makeTables } from './support/tables.ts'

/** Milliseconds that the database is away while readings come. */
const AWAY = 2000

kpi('sink-database-away', async ({ learner, kafka, registry, postgres, cleanup, random, timeline }) => {
  const parts = { learner, kafka, registry, postgres, cleanup, random }
  const { readings } = fjordline(random, { readings: 600, duplicatePerMillion: 0 })
  await makeTables(parts)
  const flow = await makeFlow(parts)
  const letters = await follow(kafka, flow.topics.deadLetters)
  cleanup(() => letters.close())
  const sink = programSink(parts, flow)
  await sink.start()
  await flow.sendReadings(readings.slice(0, 300))
  await expectRows(parts, 'readings', readings.slice(0, 300), sink)
  const away = async () => {
    await postgres.kill()
    await flow.sendReadings(readings.slice(300))
  }
  const outage = between('database killed', away, () => postgres.start())
  const { effective } = await runNemesis([{ at: 0, lasts: AWAY, fault: outage.name }], [outage], { timeline })
  if (effective === 0) inconclusive('the database could not be killed')
  did(
    `The sink had written 300 readings. I killed PostgreSQL (kill -9), sent ~${readings.length - 300} more, and started it again after ${AWAY / 1000} s, with its data.`,
  )
  await expectRows(parts, 'readings', readings, sink)
  expect((await letters.caughtUp()).length, 'dead letters (the messages were whole; it was the database that was away)').toBe(0)
})
