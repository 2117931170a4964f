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
  const ids = new Set(keys.map(key => key['shipment_id']))
  await tables.shipments.delete(row => ids.has(row['shipment_id'] as string))
  await tables.shipments.append(
    keys.map(({ shipment_id }) => now(shipment_id)).filter(row => row !== null),
    { txn },
  )
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
