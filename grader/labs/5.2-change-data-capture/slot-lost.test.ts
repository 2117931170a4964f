import { did, eventually, expect, fail, kpi } from '../../kpi/index.ts'
import { arrives, events } from './support/events.ts'
import { insertShipment, insertVehicles, newShipment } from './support/office.ts'
import { ARRIVES_WITHIN, openPipeline } from './support/pipeline.ts'
import { looksAgain, startWatcher } from './support/watch.ts'

/** The slot is dropped while the connector is stopped; rows are written that it will never show. */
kpi('slot-lost', async ({ learner, postgres, kafka, registry, connect, cleanup, random }) => {
  const pipeline = await openPipeline({ learner, postgres, kafka, registry, connect, cleanup })
  const { client, slot } = pipeline
  await pipeline.register()
  const vehicles = await insertVehicles(client, random, 2)
  const first = newShipment(random, vehicles)
  await insertShipment(client, first)
  const followed = await pipeline.follow('shipments')
  await arrives(followed, 'a first shipment is in the topic', ({ key }) => key?.['shipment_id'] === first.shipment_id)
  const watcher = await startWatcher({ learner, postgres }, slot, 2 ** 30)
  await watcher.says('src/watch.ts says ok', ({ state }) => state === 'ok')

  await pipeline.stop()
  const inGap = Array.from({ length: 5 }, () => newShipment(random, vehicles))
  for (const shipment of inGap) await insertShipment(client, shipment)
  await eventually('nobody reads the slot any more', async () => {
    const { rows } = await client.query<{ active: boolean }>('SELECT active FROM pg_replication_slots WHERE slot_name = $1', [slot])
    return rows[0]?.active === false
  }, { within: 20_000 }) // biome-ignore format: one line
  await client.query('SELECT pg_drop_replication_slot($1)', [slot])
  did('I stopped the connector, inserted 5 shipments, and dropped its slot.')
  await watcher.says('src/watch.ts says lost', ({ state }) => state === 'lost')

  await pipeline.resume()
  const after = newShipment(random, vehicles)
  await insertShipment(client, after)
  did('I started the connector again and inserted one more.')
  const end = await eventually(
    'the connector’s task runs or has failed',
    async () => /^(RUNNING|FAILED)/.exec(await pipeline.state())?.[0],
    { within: ARRIVES_WITHIN, every: 100 },
  )
  if (end === 'RUNNING') {
    await eventually('the shipments of the gap are in the topic, or the task fails', async () => {
      if ((await pipeline.state()).startsWith('FAILED')) return true
      const ids = new Set(events(followed).map(({ key }) => key?.['shipment_id']))
      const missing = inGap.filter(({ shipment_id }) => !ids.has(shipment_id)).length
      return missing === 0 || fail({ saw: `${missing} of 5 are missing, and the task runs on` })
    }, { within: ARRIVES_WITHIN, every: 100 }) // biome-ignore format: one line
  }
  await looksAgain(watcher)
  expect(watcher.looks().at(-1)!.state, 'what src/watch.ts says now, a slot of that name may be there again').toBe('lost')
})
