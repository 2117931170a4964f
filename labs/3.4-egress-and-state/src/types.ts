/** What is on the topics. Times in milliseconds since 1970. Given: not yours to change. */

export interface Reading {
  vehicle_id: string
  seq: number
  event_time: number
  ingest_time: number
  latitude: number
  longitude: number
  speed_kmh: number
  front_c: number
  front_open: boolean
  rear_c: number | null
  rear_open: boolean | null
}

export interface Alert {
  id: string
  rule: string
  vehicle_id: string
  compartment: string | null
  due_at: number
  since: number
  value_c: number | null
}
