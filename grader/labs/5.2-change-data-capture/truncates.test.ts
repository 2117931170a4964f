import { did, expect, kpi } from '../../kpi/index.ts'
import { arrives, events, IS_DUE } from './support/events.ts'
import { insertShipment, insertVehicles, newShipment } from './support/office.ts'
import { openPipeline } from './support/pipeline.ts'

kpi('truncates', async ({ learner, postgres, kafka, registry, connect, cleanup, random }) => {
  const pipeline = await openPipeline({ learner, postgres, kafka, registry, connect, cleanup })
  await pipeline.register()
  const vehicles = await insertVehicles(pipeline.client, random, 1)
  for (let i = 0; i < 3; i++) await insertShipment(pipeline.client, newShipment(random, vehicles))
  await pipeline.client.query('TRUNCATE shipments')
  const later = newShipment(random, vehicles)
  await insertShipment(pipeline.client, later)
  did('I inserted 3 shipments, truncated the table, and inserted one more.')

  const followed = await pipeline.follow('shipments')
  await arrives(followed, 'the insert after the TRUNCATE is in the topic', ({ key }) => key?.['shipment_id'] === later.shipment_id)
  await followed.caughtUp()
  // A truncate has no key, so it may lie in another partition than the rows.
  const told = await arrives(followed, 'an event with op t is in the topic', ({ change }) => change?.op === 't', IS_DUE)
  expect(told.change?.source.table, 'the table it names').toBe('shipments')
  const truncates = events(followed).filter(({ change }) => change?.op === 't')
  expect(truncates.length, 'events with op t').toBe(1)
})
