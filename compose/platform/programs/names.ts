/** Names that several programs agree on. */

/** First part of the names of the topics that the connector makes. */
export const PREFIX = 'fjord'

/** A captured table: its topic, and the columns of its key. */
export interface Captured {
  topic: string
  key: readonly string[]
}

/** The tables of the database that are captured, in the order in which they refer to each other. */
export const TABLES: Readonly<Record<string, Captured>> = {
  depots: { topic: `${PREFIX}.public.depots`, key: ['depot_id'] },
  vehicles: { topic: `${PREFIX}.public.vehicles`, key: ['vehicle_id'] },
  shipments: { topic: `${PREFIX}.public.shipments`, key: ['shipment_id'] },
  readings: { topic: `${PREFIX}.public.readings`, key: ['vehicle_id', 'seq'] },
}

export const ALERTS = 'alerts'
export const LAKE_BUCKET = 'lake'
export const CHAT_ROOM = 'dispatch'

/** One alert on the topic `alerts`, the row of the table `alerts`, and the id of the message in the chat. */
export interface Alert {
  alert_id: string
  rule: string
  vehicle_id: string
  compartment: string | null
  due_at: string
  since: string
  value_c: number | null
}
