import { did, expect, kpi } from '../../kpi/index.ts'
import { arrives, events, IS_DUE } from './support/events.ts'
import { insertShipment, insertVehicles, newShipment } from './support/office.ts'
import { openPipeline } from './support/pipeline.ts'

/** Deleted rows among others that stay. */
kpi('tombstones', async ({ learner, postgres, kafka, registry, connect, cleanup, random }) => {
  const pipeline = await openPipeline({ learner, postgres, kafka, registry, connect, cleanup })
  await pipeline.register()
  const vehicles = await insertVehicles(pipeline.client, random, 2)
  const shipments = Array.from({ length: 8 }, () => newShipment(random, vehicles))
  for (const shipment of shipments) await insertShipment(pipeline.client, shipment)
  const gone = random
    .shuffle(shipments)
    .slice(0, 3)
    .map(({ shipment_id }) => shipment_id)
  for (const id of gone) await pipeline.client.query('DELETE FROM shipments WHERE shipment_id = $1', [id])
  const last = newShipment(random, vehicles)
  await insertShipment(pipeline.client, last)
  did('I inserted 8 shipments, deleted 3 of them, and inserted one more.')

  const followed = await pipeline.follow('shipments')
  const partitions = (await kafka.admin.fetchTopicOffsets(pipeline.topic('shipments'))).length
  await arrives(followed, 'the last insert is in the topic', ({ key }) => key?.['shipment_id'] === last.shipment_id)
  for (const id of gone)
    await arrives(
      followed,
      `after the event of a delete comes a message with its key and without a value`,
      ({ key, change }) => change === null && key?.['shipment_id'] === id,
      IS_DUE,
    )
  const all = events(followed)
  for (const id of gone) {
    const own = all.filter(({ key }) => key?.['shipment_id'] === id)
    expect(own.map(({ change }) => change?.op ?? 'tombstone').join(' '), 'what is in the topic of a deleted shipment, in order').toBe(
      'c d tombstone',
    )
    expect(new Set(own.map(({ partition }) => partition)).size, `partitions (of ${partitions}) that hold it`).toBe(1)
  }
  expect(all.filter(({ change }) => change === null).length, 'tombstones').toBe(gone.length)
})
