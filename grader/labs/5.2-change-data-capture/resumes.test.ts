import { did, expect, kpi } from '../../kpi/index.ts'
import { arrives } from './support/events.ts'
import { converges } from './support/history.ts'
import { insertShipment, insertVehicles, newShipment } from './support/office.ts'
import { openPipeline } from './support/pipeline.ts'
import { startWriters } from './support/writers.ts'

/** Milliseconds until the connector streams again: a group of workers first waits for the one that is gone. */
const BACK_WITHIN = 90_000

/** The worker killed (-9) and the connector stopped, while colleagues write. A container of Java takes its time to be back: there one kill must do. */
kpi('resumes', async ({ learner, postgres, kafka, registry, connect, cleanup, random, engine }) => {
  const pipeline = await openPipeline({ learner, postgres, kafka, registry, connect, cleanup })
  const { client } = pipeline
  const vehicles = await insertVehicles(client, random, 5)
  await insertShipment(client, newShipment(random, vehicles))
  await pipeline.register()
  const followed = await pipeline.follow('shipments')
  const writers = await startWriters({ postgres, cleanup }, random, vehicles, { waiting: true })
  const outages = random.shuffle(engine === 'docker' ? (['kill', 'stop'] as const) : (['kill', 'kill', 'stop'] as const))
  for (const outage of outages) {
    await writers.write(random.int(80, 200))
    if (outage === 'kill') {
      const meanwhile = writers.write(120)
      await connect.kill()
      await meanwhile
      await connect.start()
    } else {
      const meanwhile = writers.write(120)
      await pipeline.stop()
      await meanwhile
      await writers.write(60)
      await pipeline.resume()
    }
    await pipeline.running()
    const marker = newShipment(random, vehicles)
    await insertShipment(client, marker)
    await arrives(
      followed,
      'what is written after the outage is in the topic',
      ({ key }) => key?.['shipment_id'] === marker.shipment_id,
      BACK_WITHIN,
    )
  }
  await writers.write(60)
  await writers.stop()
  did('While three colleagues wrote, I killed the worker (-9) and stopped the connector, and started it again.')

  const { shipments, repeated } = await converges(followed, client)
  did(`~${writers.acked} changes were acknowledged; ~${repeated} events came twice, with the same lsn.`)
  const { rows } = await client.query<{ n: string }>('SELECT count(*) AS n FROM shipments')
  expect(shipments.size, 'shipments in the topic').toBe(Number(rows[0]!.n))
})
