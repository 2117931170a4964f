import { READING_COLUMNS } from './schema.ts'
import type { Row } from './stream/arrivals.ts'
import { decimal, isoMillis, isoSeconds } from './text.ts'

/** The header lines and records of a table, as the files hold them. Lines end with LF, the last one too. */
export const READINGS_HEADER = `${READING_COLUMNS.map(({ name }) => name).join(',')}\n`

const NAMES = READING_COLUMNS.map(({ name }) => JSON.stringify(name))
const QUOTED = new Set(['vehicle_id', 'event_time', 'ingest_time'])
const IS_QUOTED = READING_COLUMNS.map(({ name }) => QUOTED.has(name))
const [VEHICLE, EVENT_TIME, FRONT_C] = ['vehicle_id', 'event_time', 'front_c'].map(name =>
  READING_COLUMNS.findIndex(c => c.name === name),
) as [number, number, number]

/** The values of a row as text in the order of the columns; null where the column is NULL. Corrupt values are in already. */
export function readingFields(row: Row): (string | null)[] {
  const { reading, corrupt, damage } = row
  const fields = [
    reading.vehicle.vehicle_id,
    String(reading.seq),
    isoSeconds(reading.eventTime),
    isoMillis(row.ingestMs),
    decimal(reading.lat, 5),
    decimal(reading.lon, 5),
    String(reading.speedKmh),
    decimal(reading.front, 2),
    String(reading.frontOpen),
    reading.rear === null ? null : decimal(reading.rear, 2),
    reading.rearOpen === null ? null : String(reading.rearOpen),
  ]
  const time = fields[EVENT_TIME]!
  if (corrupt === 'not-a-number') fields[FRONT_C] = 'ERR'
  else if (corrupt === 'bad-time')
    fields[EVENT_TIME] = damage % 2 === 0 ? `${time.slice(0, 11)}25${time.slice(13)}` : `${time.slice(0, 8)}32${time.slice(10)}`
  else if (corrupt === 'missing-field') fields[VEHICLE] = null
  else if (corrupt === 'garbled') fields[VEHICLE] = `V-\uFFFD${damage % 10}\uFFFD${(damage >>> 8) % 10}`
  else if (corrupt === 'unknown-vehicle') fields[VEHICLE] = 'V-9999'
  return fields
}

/** A row as a line of readings.csv, LF included. */
export function csvLine(row: Row): string {
  const line = readingFields(row).join(',') // null joins as the empty field; no value needs quotes
  if (row.corrupt !== 'truncated') return `${line}\n`
  // Cut before the last mandatory comma, so that what is left never has all the columns.
  const lastComma = line.lastIndexOf(',')
  return `${line.slice(0, 1 + (row.damage % lastComma))}\n`
}

/** A row as a line of readings.ndjson, LF included. Numbers are written as in the CSV: 4.20, not 4.2. */
export function ndjsonLine(row: Row): string {
  const fields = readingFields(row)
  let line = '{'
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!
    const quoted = IS_QUOTED[i] || (i === FRONT_C && row.corrupt === 'not-a-number')
    line += `${i === 0 ? '' : ','}${NAMES[i]}:${field === null ? 'null' : quoted ? `"${field}"` : field}`
  }
  return row.corrupt === 'truncated' ? `${line.slice(0, 1 + (row.damage % line.length))}\n` : `${line}}\n`
}
