import { did, eventually, expect, kpi } from '../../kpi/index.ts'
import { avroEvents } from './support/avro.ts'
import { tableOf } from './support/events.ts'
import { advance, insertShipment, insertVehicles, newShipment } from './support/office.ts'
import { ARRIVES_WITHIN, openPipeline } from './support/pipeline.ts'

/** Rows that were there and rows that came, their weights to the fourth decimal. */
kpi('avro', async ({ learner, postgres, kafka, registry, connect, cleanup, random }) => {
  const pipeline = await openPipeline({ learner, postgres, kafka, registry, connect, cleanup })
  const { client } = pipeline
  const vehicles = await insertVehicles(client, random, 3)
  const shipments = Array.from({ length: 30 }, () => newShipment(random, vehicles))
  for (const shipment of shipments.slice(0, 15)) await insertShipment(client, shipment)
  await pipeline.register('connect/source-avro.json')
  for (const shipment of shipments.slice(15)) await insertShipment(client, shipment)
  for (let i = 0; i < 20; i++) await advance(client, random.pick(shipments).shipment_id, random)
  await client.query('DELETE FROM shipments WHERE shipment_id = $1', [shipments[0]!.shipment_id])
  did('15 shipments were there when I registered connect/source-avro.json; then I inserted 15, changed 20 times, and deleted one.')

  const followed = await pipeline.follow('shipments')
  const { rows } = await client.query('SELECT shipment_id, status, weight_kg, note, rev FROM shipments ORDER BY shipment_id')
  const shown = (row: Record<string, unknown>) =>
    JSON.stringify([row['shipment_id'], row['status'], row['weight_kg'], row['note'], row['rev']])
  const told = await eventually(
    'the topic has told of the deleted shipment and of the last change',
    async () => {
      const all = await avroEvents(followed, registry)
      const rev = (id: string) => all.findLast(({ change }) => change?.after?.['shipment_id'] === id)?.change?.after?.['rev']
      return all.some(({ change }) => change?.op === 'd') && rows.every(row => rev(row.shipment_id) === row.rev) ? all : undefined
    },
    { within: ARRIVES_WITHIN, every: 200 },
  )
  const kept = [...tableOf(told).values()].map(shown).sort()
  const wanted = rows.map(shown).sort()
  const odd = wanted.findIndex((row, i) => row !== kept[i])
  expect(kept[odd] ?? 'the same', 'the first row that the topic keeps otherwise: [id, status, weight_kg, note, rev]').toBe(
    wanted[odd] ?? 'the same',
  )
  expect(kept.length, 'rows that the topic keeps').toBe(wanted.length)
  const { body: subjects } = await registry.ask<string[]>('/subjects')
  const topic = pipeline.topic('shipments')
  expect([`${topic}-key`, `${topic}-value`].filter(subject => !subjects.includes(subject)).map(name => name.replace(topic, '<topic>')), 'subjects that the registry lacks').toEqual([]) // biome-ignore format: one line
})
