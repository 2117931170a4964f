import { did, expect, kpi } from '../../kpi/index.ts'
import { arrives, type Row } from './support/events.ts'
import { insertShipment, insertVehicles, newShipment } from './support/office.ts'
import { openPipeline } from './support/pipeline.ts'

/** Columns come and go while the connector runs. */
kpi('new-shape', async ({ learner, postgres, kafka, registry, connect, cleanup, random }) => {
  const pipeline = await openPipeline({ learner, postgres, kafka, registry, connect, cleanup })
  const { client } = pipeline
  await pipeline.register()
  const vehicles = await insertVehicles(client, random, 1)
  const [before, added, dropped] = [newShipment(random, vehicles), newShipment(random, vehicles), newShipment(random, vehicles)]
  const column = `c_${random.word(5)}`
  const value = random.word(8)
  await insertShipment(client, before)
  const followed = await pipeline.follow('shipments')
  const after = async (id: string, what: string): Promise<Row> =>
    (await arrives(followed, what, ({ key, change }) => key?.['shipment_id'] === id && change?.after != null)).change!.after!
  const first = await after(before.shipment_id, 'the first insert is in the topic')
  expect(Object.keys(first).includes(column), 'the new column, before it was there').toBe(false)

  await client.query(`ALTER TABLE shipments ADD COLUMN ${column} text`)
  await insertShipment(client, added)
  await client.query(`UPDATE shipments SET ${column} = $2 WHERE shipment_id = $1`, [added.shipment_id, value])
  did('I inserted a shipment, added a column, inserted another and set its new column.')
  const filled = await arrives(followed, 'the update of the new column is in the topic', ({ key, change }) => key?.['shipment_id'] === added.shipment_id && change?.op === 'u') // biome-ignore format: one line
  expect(filled.change!.after![column] ?? 'not in the row', 'the new column in after').toBe(value)

  await client.query('ALTER TABLE shipments DROP COLUMN due_on')
  await insertShipment(client, dropped)
  did('Then I dropped the column due_on and inserted one more.')
  const last = await after(dropped.shipment_id, 'the insert after the column was dropped is in the topic')
  expect('due_on' in last ? 'there' : 'gone', 'the dropped column in the next row').toBe('gone')
  expect(column in last ? 'there' : 'gone', 'the added one').toBe('there')
  expect(await pipeline.state(), 'the connector’s task').toBe('RUNNING')
})
