/** The hops of a change, in the order in which it passes them. A new one is an entry here. */

import type { DeltaRow } from '../../experiments/delta-rows.ts'
import type { Access } from '../types.ts'
import { askPartnerApi, runJob } from './extras.ts'
import { READINGS } from './marker.ts'
import { TOPICS, type Watch } from './watch.ts'

type Seen = number | false | undefined

export interface Hop {
  name: string
  /** Whose log to read when it is not reached. */
  part: string
  /** When it was reached (performance.now), once it is. */
  look: () => Seen | Promise<Seen>
}

/** Hops after the insert, and after the delete. */
export function hopsOf(access: Access, watch: Watch): { there: Hop[]; gone: Hop[] } {
  const { marker, topics, chat, client, lake } = watch
  const ofMarker = {
    shipments: (row: DeltaRow) => row['shipment_id'] === marker.shipmentId,
    readings: (row: DeltaRow) => row['vehicle_id'] === marker.vehicleId && Number(row['seq']) >= marker.seq,
    alerts: (row: DeltaRow) => row['vehicle_id'] === marker.vehicleId && (row['due_at'] as Date).getTime() === marker.dueAt,
    // The minute in which the truck was warm.
    minutes: (row: DeltaRow) => {
      const from = (row['minute'] as Date).getTime()
      return (
        row['vehicle_id'] === marker.vehicleId && marker.dueAt >= from && marker.dueAt < from + 60_000 && Number(row['front_max_c']) > 8
      )
    },
  }
  const inLake = (table: keyof typeof ofMarker, count: number) => async () =>
    (await lake[table].rows()).filter(ofMarker[table]).length === count && performance.now()
  const stored = async () => {
    const { rowCount } = await client.query('SELECT FROM alerts WHERE vehicle_id = $1 AND due_at = $2', [
      marker.vehicleId,
      new Date(marker.dueAt),
    ])
    return rowCount === 1 && performance.now()
  }
  const { partnerApi, scheduler, spark } = access
  return {
    there: [
      { name: 'shipment in Kafka', part: 'connect', look: () => topics.seen.get(TOPICS.shipments) },
      { name: 'readings in Kafka', part: 'connect', look: () => topics.seen.get(TOPICS.readings) },
      { name: 'alert in Kafka', part: 'rules', look: () => topics.seen.get(TOPICS.alerts) },
      { name: 'alert in PostgreSQL', part: 'connect', look: stored },
      ...(chat ? [{ name: 'alert in the dispatch chat', part: 'dispatch', look: () => chat.seenAt() }] : []),
      { name: 'shipment in Delta', part: 'shipments', look: inLake('shipments', 1) },
      { name: `${READINGS} readings in Delta`, part: 'lake', look: inLake('readings', READINGS) },
      { name: 'alert in Delta', part: 'lake', look: inLake('alerts', 1) },
      ...(spark ? [{ name: 'its minute in Delta, by Spark', part: 'spark', look: inLake('minutes', 1) }] : []),
      ...(partnerApi
        ? [{ name: 'shipment at the partner API, then its limit', part: 'partner-api', look: () => askPartnerApi(access, marker) }]
        : []),
      ...(scheduler
        ? [
            { name: 'compaction by the scheduler', part: 'worker', look: () => runJob(access, marker) },
            { name: 'the same rows after compaction', part: 'lake', look: inLake('readings', READINGS) },
          ]
        : []),
    ],
    gone: [{ name: 'delete in Delta, after its commit', part: 'shipments', look: inLake('shipments', 0) }],
  }
}
