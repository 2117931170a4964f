import { did, eventually, fail, inconclusive, kpi } from '../../kpi/index.ts'
import { arrives } from './support/events.ts'
import { insertShipment, insertVehicles, newShipment, writeAside } from './support/office.ts'
import { openPipeline } from './support/pipeline.ts'

const MEGABYTES = 12
/** Bytes of log that may lie between the slot's position and the end, once things are quiet. */
const NEAR = 4 * 2 ** 20
const WITHIN = 45_000

/** Only a table that nobody captures is written; the slot's confirmed position is followed. */
kpi('slot-bounded', async ({ learner, postgres, kafka, registry, connect, cleanup, random }) => {
  const pipeline = await openPipeline({ learner, postgres, kafka, registry, connect, cleanup })
  const { client, slot } = pipeline
  await pipeline.register()
  const shipment = newShipment(random, await insertVehicles(client, random, 1))
  await insertShipment(client, shipment)
  const followed = await pipeline.follow('shipments')
  await arrives(followed, 'a first shipment is in the topic', ({ key }) => key?.['shipment_id'] === shipment.shipment_id)

  const behind = async () => {
    const { rows } = await client.query<{ behind: string }>('SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) AS behind FROM pg_replication_slots WHERE slot_name = $1', [slot]) // biome-ignore format: one line
    return rows[0] ? Number(rows[0].behind) : fail({ subject: 'the slot', expected: `one named as SLOT says`, saw: 'none' })
  }
  const { rows } = await client.query<{ lsn: string }>('SELECT pg_current_wal_lsn() AS lsn')
  await writeAside(client, MEGABYTES)
  const { rows: grown } = await client.query<{ bytes: string }>('SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), $1) AS bytes', [rows[0]!.lsn])
  if (Number(grown[0]!.bytes) < 2 * NEAR) inconclusive(`the log grew by ${grown[0]!.bytes} bytes only`)
  did(
    `I wrote ~${Math.round(Number(grown[0]!.bytes) / 2 ** 20)} MB of log by inserting into audit_log only, and looked at the slot's confirmed_flush_lsn.`,
  )
  await eventually(
    'the slot is at most 4 MB behind the end of the log',
    async () => {
      const bytes = await behind()
      return bytes <= NEAR || fail({ saw: `~${Math.round(bytes / 2 ** 20)} MB behind` })
    },
    { within: WITHIN, every: 200 },
  )
})
