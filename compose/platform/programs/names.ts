/** Names that several programs agree on. */

/** Changes of the business's tables, as the connector names their topics. */
export const CHANGES = {
  depots: 'fjord.public.depots',
  vehicles: 'fjord.public.vehicles',
  shipments: 'fjord.public.shipments',
} as const

/** Readings of the trucks as flat records: the contract of labs 3.1 to 3.3. */
export const READINGS = 'readings'
export const ALERTS = 'alerts'
export const REJECTS = 'rejects'
/** Where the rules keep what a restart must know. */
export const STATE = 'processor-state'
export const LAKE_BUCKET = 'lake'
export const CHAT_ROOM = 'dispatch'

/** One alert on the topic `alerts` (lab 3.3). Times are milliseconds since 1970. */
export interface Alert {
  id: string
  rule: string
  vehicle_id: string
  compartment: string | null
  due_at: number
  since: number
  value_c: number | null
}

/** An instant of the pipeline as people read it. */
export const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')
