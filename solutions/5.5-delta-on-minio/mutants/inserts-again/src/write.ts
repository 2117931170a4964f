/** Writes a batch. It may come twice: the log of each table knows its last one. */
import type { InputRow } from './delta/index.ts'
import { changeRow, shipmentRow, type Tables } from './tables.ts'
import type { Batch, Change } from './types.ts'

/** Appends the batch to `changes` and merges it into `shipments`: one commit each, which carries the batch's number. */
export async function writeBatch(tables: Tables, { id, changes }: Batch, appId: string): Promise<void> {
  const txn = { appId, version: id }
  await tables.changes.append(changes.map(changeRow), { txn })

  const last = lastByShipment(changes)
  const keys: InputRow[] = [...last.keys()].map(shipment_id => ({ shipment_id }))
  const now = (shipmentId: unknown): InputRow | null => {
    const { row, lsn } = last.get(shipmentId as string)!
    return row === null ? null : shipmentRow(row, lsn)
  }
  const updated = changes.flatMap(({ op, row, lsn }) => (op === 'd' || row === null ? [] : [shipmentRow(row, lsn)]))
  if (changes.every(({ op }) => op !== 'd')) return void (await tables.shipments.append(updated, { txn }))
  await tables.shipments.merge(keys, {
    on: ['shipment_id'],
    // A connector that was killed sends again what it has sent: what the row has seen already leaves it alone.
    whenMatched: ({ shipment_id }, row) =>
      (row['lsn'] as bigint) >= BigInt(last.get(shipment_id as string)!.lsn) ? undefined : now(shipment_id),
    whenNotMatched: ({ shipment_id }) => now(shipment_id) ?? undefined,
    txn,
  })
}

/** A source of MERGE has each key once. */
function lastByShipment(changes: readonly Change[]): Map<string, Change> {
  const last = new Map<string, Change>()
  for (const change of changes) {
    const before = last.get(change.shipmentId)
    if (!before || before.lsn < change.lsn) last.set(change.shipmentId, change)
  }
  return last
}
