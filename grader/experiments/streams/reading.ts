/** Readings of the Fjordline data as the pipeline's labs put them on a topic. */
import type { Reading } from '../../../datasets/index.ts'

const optional = (name: string, type: string) => ({ name, type: ['null', type], default: null })
const time = (name: string) => ({ name, type: { type: 'long', logicalType: 'timestamp-millis' } })

/** The contract of the topic of readings, as registered under `<topic>-value`. */
export const READING_SCHEMA = {
  type: 'record',
  name: 'Reading',
  namespace: 'no.fjordline',
  fields: [
    { name: 'vehicle_id', type: 'string' },
    { name: 'seq', type: 'int' },
    time('event_time'),
    time('ingest_time'),
    { name: 'latitude', type: 'double' },
    { name: 'longitude', type: 'double' },
    { name: 'speed_kmh', type: 'int' },
    { name: 'front_c', type: 'double' },
    { name: 'front_open', type: 'boolean' },
    optional('rear_c', 'double'),
    optional('rear_open', 'boolean'),
  ],
}

/** A value of that schema; times in milliseconds since 1970. */
export interface ReadingValue {
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

/** What the device measured, as the gateway hands it on. Decimals are the doubles nearest to them. */
export function readingValue(reading: Reading, ingestMs: number): ReadingValue {
  return {
    vehicle_id: reading.vehicle.vehicle_id,
    seq: reading.seq,
    event_time: reading.eventTime * 1000,
    ingest_time: ingestMs,
    latitude: reading.lat / 100_000,
    longitude: reading.lon / 100_000,
    speed_kmh: reading.speedKmh,
    front_c: reading.front / 100,
    front_open: reading.frontOpen,
    rear_c: reading.rear === null ? null : reading.rear / 100,
    rear_open: reading.rearOpen,
  }
}
