/** The windows that are due, computed from rows and not from messages: sets and sums over everything at once, no watermark. */
import type { ReadingRow } from './rows.ts'

/** A window as the topic must show it, by its key. */
export type Windows = Map<string, Record<string, unknown>>

const WELL_FORMED = /^-?\d+(\.\d+)?$/
const centi = (text: unknown): number => Math.round(Number(text) * 100)
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000', '')

/** True for a row that is a reading by the contract. */
export function isReading(row: ReadingRow): boolean {
  const time = (text: unknown) => typeof text === 'string' && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text.slice(0, 19)) // biome-ignore format: one line
  return (
    /^V-\d{4}$/.test(String(row['vehicle_id'])) &&
    time(row['event_time']) &&
    WELL_FORMED.test(String(row['front_c'])) &&
    Date.parse(String(row['event_time'])) <= Date.parse(String(row['ingest_time'])) + 60_000
  )
}

/** Every window of the rows, each reading counted once; those of `but` are left out. */
export function windowsOf(rows: Iterable<ReadingRow>, windowSeconds: number): Windows {
  const groups = new Map<string, Map<string, ReadingRow>>()
  for (const row of rows) {
    if (!isReading(row)) continue
    const at = Date.parse(String(row['event_time']))
    const start = at - (at % (windowSeconds * 1000))
    const key = `${row['vehicle_id']}/${iso(start)}`
    const group = groups.get(key) ?? new Map<string, ReadingRow>()
    group.set(`${row['seq']} ${at}`, row)
    groups.set(key, group)
  }
  return new Map([...groups].map(([key, group]) => [key, windowOf(key, [...group.values()], windowSeconds)]))
}

function windowOf(key: string, rows: ReadingRow[], windowSeconds: number): Record<string, unknown> {
  const [vehicle, start] = key.split('/') as [string, string]
  const side = (name: 'front' | 'rear') => {
    const values = rows.flatMap(row => (row[`${name}_c`] === null ? [] : [centi(row[`${name}_c`])])).filter(c => c >= -4_000 && c <= 6_000)
    const some = values.length > 0
    const sum = values.reduce((a, b) => a + b, 0)
    // Half away from zero in whole numbers: (2|sum| + n) div 2n.
    const mean = Math.sign(sum) * Math.floor((2 * Math.abs(sum) + values.length) / (2 * values.length))
    const degrees = (value: number) => (some ? value / 100 + 0 : null)
    return {
      [`${name}_min_c`]: degrees(Math.min(...values)),
      [`${name}_max_c`]: degrees(Math.max(...values)),
      [`${name}_mean_c`]: degrees(mean),
      [`${name}_open_readings`]: rows.filter(row => row[`${name}_open`] === true).length,
    }
  }
  const window_end = iso(Date.parse(start) + windowSeconds * 1000)
  return { vehicle_id: vehicle, window_start: start, window_end, readings: rows.length, ...side('front'), ...side('rear') }
}
