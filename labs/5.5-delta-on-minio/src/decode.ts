/** From messages to changes. A message that is none stops the stream: setting it aside is lab 5.4. */

import type { Registry } from './registry.ts'
import type { Change, Message, ShipmentRow } from './types.ts'

interface Envelope {
  before: ShipmentRow | null
  after: ShipmentRow | null
  source: { lsn: number; ts_ms: number }
  op: Change['op']
}

/** Decodes Debezium's envelope; undefined for a tombstone. Rejects where a message is not one, and says where it lies. */
export function decoder(format: 'json' | 'avro', registry: Registry): (message: Message) => Promise<Change | undefined> {
  return async ({ partition, offset, value }) => {
    if (value === null) return undefined
    const { op, before, after, source } = format === 'json' ? (JSON.parse(value.toString()) as Envelope) : await framed(value, registry)
    const row = op === 'd' ? null : after
    const shipmentId = (op === 'd' ? before : after)?.shipment_id
    if (!shipmentId) throw new Error(`the message at offset ${offset} of partition ${partition} is no change of a shipment`)
    return { partition, offset, op, shipmentId, lsn: source.lsn, changedAt: new Date(source.ts_ms).toISOString(), row }
  }
}

async function framed(value: Buffer, registry: Registry): Promise<Envelope> {
  if (value[0] !== 0) throw new Error('a message is not framed Avro')
  const id = value.readUInt32BE(1)
  const type = await registry.type(id)
  if (!type) throw new Error(`the registry does not know schema ${id}`)
  return type.fromBuffer(value.subarray(5)) as Envelope
}
