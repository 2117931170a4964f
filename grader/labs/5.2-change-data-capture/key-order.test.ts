import { did, expect, fail, kpi } from '../../kpi/index.ts'
import { arrives, type Event, events } from './support/events.ts'
import { advance, insertShipment, insertVehicles, newShipment } from './support/office.ts'
import { openPipeline } from './support/pipeline.ts'

/** Changes of many keys, interleaved; then each key by itself. */
kpi('key-order', async ({ learner, postgres, kafka, registry, connect, cleanup, random }) => {
  const pipeline = await openPipeline({ learner, postgres, kafka, registry, connect, cleanup })
  const { client } = pipeline
  await pipeline.register()
  const vehicles = await insertVehicles(client, random, 6)
  const shipments = Array.from({ length: 12 }, () => newShipment(random, vehicles))
  for (const shipment of shipments) await insertShipment(client, shipment)
  const sequence = new Map(vehicles.map(id => [id, 0]))
  for (let i = 0; i < 150; i++) {
    await advance(client, random.pick(shipments).shipment_id, random)
    const vehicle = random.pick(vehicles)
    const seq = sequence.get(vehicle)! + 1
    sequence.set(vehicle, seq)
    await client.query('INSERT INTO readings VALUES ($1, $2, $3)', [vehicle, seq, (random.int(-400, 900) / 100).toFixed(2)])
  }
  const [marker] = await insertVehicles(client, random, 1)
  const last = { ...newShipment(random, vehicles), vehicle_id: marker! }
  await insertShipment(client, last)
  await client.query('INSERT INTO readings VALUES ($1, 1, 0)', [marker])
  did('I changed 12 shipments 150 times and wrote 150 readings of 6 vehicles, in between one another.')

  const [ofShipments, ofReadings] = [await pipeline.follow('shipments'), await pipeline.follow('readings')]
  await arrives(ofShipments, 'the last shipment is in the topic', ({ change }) => change?.after?.['shipment_id'] === last.shipment_id)
  await arrives(ofReadings, 'the last reading is in the topic', ({ change }) => change?.after?.['vehicle_id'] === marker)
  await Promise.all([ofShipments.caughtUp(), ofReadings.caughtUp()])
  for (const table of ['shipments', 'readings'])
    expect((await kafka.admin.fetchTopicOffsets(pipeline.topic(table))).length, `partitions of the topic of ${table}`).toBe(3)
  judge(events(ofShipments), { table: 'shipments', column: 'shipment_id', counter: 'rev', columns: ['shipment_id'] })
  judge(events(ofReadings), { table: 'readings', column: 'vehicle_id', counter: 'seq', columns: ['vehicle_id'] })
})

/** Every key in one partition, its counter rising one by one. */
function judge(all: readonly Event[], of: { table: string; column: string; counter: string; columns: string[] }): void {
  const rows = all.flatMap(({ key, partition, change }) => (change?.after ? [{ key, partition, after: change.after }] : []))
  const keys = [...new Set(rows.map(({ key }) => (key ? Object.keys(key).sort().join(', ') : 'no key')))]
  expect(keys.join(' or '), `columns of the key of ${of.table}`).toBe(of.columns.join(', '))
  const partitions = new Map<string, Set<number>>()
  for (const { after, partition } of rows) {
    const id = String(after[of.column])
    partitions.set(id, (partitions.get(id) ?? new Set()).add(partition))
  }
  const spread = [...partitions].find(([, used]) => used.size > 1)
  if (spread) fail({ subject: `partitions that hold one ${of.column}`, expected: '1', saw: String(spread[1].size) })
  const counted = new Map<string, number>()
  for (const { after } of rows) {
    const id = String(after[of.column])
    const [had, has] = [counted.get(id) ?? 0, Number(after[of.counter])]
    if (has !== had + 1)
      fail({
        subject: `${of.counter} of one ${of.column}, in the topic’s order`,
        expected: `${had + 1} after ${had}`,
        saw: `${has} after ${had}`,
      })
    counted.set(id, has)
  }
}
