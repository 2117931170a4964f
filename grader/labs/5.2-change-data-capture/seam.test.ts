import { did, eventually, expect, inconclusive, kpi } from '../../kpi/index.ts'
import { events } from './support/events.ts'
import { converges } from './support/history.ts'
import { insertShipment, insertVehicles, newShipment } from './support/office.ts'
import { openPipeline } from './support/pipeline.ts'
import { startWriters } from './support/writers.ts'

const THERE = 600

/** Rows that are there, and rows that change while they are read. */
kpi('seam', async ({ learner, postgres, kafka, registry, connect, cleanup, random }) => {
  const pipeline = await openPipeline({ learner, postgres, kafka, registry, connect, cleanup })
  const { client } = pipeline
  const vehicles = await insertVehicles(client, random, 5)
  await client.query('BEGIN')
  for (let i = 0; i < THERE; i++) await insertShipment(client, newShipment(random, vehicles))
  await client.query('COMMIT')
  const writers = await startWriters({ postgres, cleanup }, random, vehicles)
  await pipeline.register()
  const followed = await pipeline.follow('shipments')
  const atRegistered = writers.acked
  await eventually('colleagues go on writing', () => writers.acked > atRegistered + 200, { within: 20_000 })
  await writers.stop()
  did(
    `There were ${THERE} shipments. Three colleagues inserted and updated others while I registered the connector, and for a while after.`,
  )

  await converges(followed, client)
  const ops = new Set(events(followed).map(({ change }) => change?.op))
  if (!ops.has('c') && !ops.has('u')) inconclusive('no change came after the snapshot')
  expect(ops.has('r'), 'events of the snapshot (op r) are among them').toBe(true)
})
