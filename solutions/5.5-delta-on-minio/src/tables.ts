/** The two tables: their columns, and what becomes of a change in each. */
import { column, DeltaError, DeltaTable, type Field, type InputRow, type ObjectStore } from './delta/index.ts'
import type { Change, ShipmentRow } from './types.ts'

const text = (name: string, nullable = true): Field => column(name, 'string', nullable)
const instant = (name: string): Field => column(name, 'timestamp')

/** One row for each message of the topic. */
const CHANGES = {
  columns: [
    column('kafka_partition', 'integer', false),
    column('kafka_offset', 'long', false),
    text('op', false),
    text('shipment_id', false),
    column('lsn', 'long', false),
    column('changed_at', 'timestamp', false),
    text('status'),
    column('changed_on', 'date', false),
  ],
  partitionColumns: ['changed_on'],
}

/** One row for each shipment that there is. */
const SHIPMENTS = {
  columns: [
    ...['shipment_id', 'customer', 'origin_depot_id', 'destination_depot_id'].map(name => text(name, false)),
    ...['vehicle_id', 'compartment'].map(name => text(name)),
    text('cargo', false),
    column('weight_kg', 'decimal(10,1)', false),
    column('parcels', 'integer', false),
    column('priority', 'boolean', false),
    text('status', false),
    column('due_on', 'date', false),
    ...['booked_at', 'loaded_at', 'departed_at', 'arrived_at', 'delivered_at'].map(instant),
    text('note'),
    column('lsn', 'long', false),
  ],
  // A shipment's cargo never changes: whatever is merged, its row stays in its partition.
  partitionColumns: ['cargo'],
}

export interface Tables {
  changes: DeltaTable
  shipments: DeltaTable
}

/** Opens the tables; those that are not there are made. */
export async function openTables(lake: (table: string) => ObjectStore): Promise<Tables> {
  const open = async (name: string, create: typeof CHANGES): Promise<DeltaTable> => {
    const store = lake(name)
    try {
      return await DeltaTable.create(store, create)
    } catch (error) {
      if (error instanceof DeltaError && error.code === 'DELTA_TABLE_ALREADY_EXISTS') return await DeltaTable.open(store)
      throw error
    }
  }
  return { changes: await open('changes', CHANGES), shipments: await open('shipments', SHIPMENTS) }
}

/** The row of `changes`. */
export const changeRow = ({ partition, offset, op, shipmentId, lsn, changedAt, row }: Change): InputRow => ({
  kafka_partition: partition,
  kafka_offset: BigInt(offset),
  op,
  shipment_id: shipmentId,
  lsn: BigInt(lsn),
  changed_at: changedAt,
  status: row?.status ?? null,
  changed_on: changedAt.slice(0, 10),
})

/** The row of `shipments`. */
export const shipmentRow = (row: ShipmentRow, lsn: number): InputRow => ({ ...row, due_on: day(row.due_on), lsn: BigInt(lsn) })

const day = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10)
