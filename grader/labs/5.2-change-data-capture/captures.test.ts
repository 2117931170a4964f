import { did, expect, kpi } from '../../kpi/index.ts'
import { arrives, events, type Row } from './support/events.ts'
import { advance, insertShipment, insertVehicles, newShipment } from './support/office.ts'
import { openPipeline } from './support/pipeline.ts'

const shown = (row: Row | null) => row && { shipment_id: row['shipment_id'], status: row['status'], note: row['note'], rev: row['rev'] }

/** One shipment's life, each step committed by itself. */
kpi('captures', async ({ learner, postgres, kafka, registry, connect, cleanup, random }) => {
  const pipeline = await openPipeline({ learner, postgres, kafka, registry, connect, cleanup })
  await pipeline.register()
  did('I ran sql/replication.sql and registered connect/source.json; then I inserted a shipment, updated and deleted it.')
  const [vehicle] = await insertVehicles(pipeline.client, random, 1)
  const first = newShipment(random, [vehicle!])
  await insertShipment(pipeline.client, first)
  const second = await advance(pipeline.client, first.shipment_id, random)
  await pipeline.client.query('DELETE FROM shipments WHERE shipment_id = $1', [first.shipment_id])

  const followed = await pipeline.follow('shipments')
  await arrives(followed, 'the event of the delete (op d) is in the topic', ({ change }) => change?.op === 'd')
  const changes = events(followed).flatMap(({ change }) => change ?? [])
  expect(changes.map(({ op }) => op).join(' '), 'operations in the topic of shipments').toBe('c u d')
  const [created, updated, deleted] = changes
  const [one, two] = [shown({ ...first }), shown({ ...second })]
  expect(shown(created!.before), 'before, of the insert').toBe(null)
  expect(shown(created!.after), 'after, of the insert').toEqual(one)
  expect(shown(updated!.before), 'before, of the update: the row as it was').toEqual(one)
  expect(shown(updated!.after), 'after, of the update').toEqual(two)
  expect(shown(deleted!.before), 'before, of the delete: the row as it was').toEqual(two)
  expect(shown(deleted!.after), 'after, of the delete').toBe(null)
  const captured = (await kafka.admin.listTopics()).includes(pipeline.topic('audit_log'))
  expect(captured, 'a topic for audit_log, which nobody is to capture').toBe(false)
})
