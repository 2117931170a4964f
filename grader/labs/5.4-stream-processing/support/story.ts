/** Readings of a seed that nobody has seen, with the truth that a KPI holds the windows against. */
import { collect } from '../../../../datasets/index.ts'
import type { Random } from '../../../kpi/types.ts'
import type { Raw } from './pipeline.ts'
import { isReading, type Windows, windowsOf } from './reference.ts'
import { type ReadingRow, reading, rowOf } from './rows.ts'

export interface Story {
  /** In the order of arrival; null: a message that was cut short. */
  rows: (ReadingRow | null)[]
  /** Seconds by which the watermark must stay behind, so that no row of the story is late. */
  lateness: number
  /** Event time of the last reading, seconds after 06:00 on the Monday of `reading`. */
  last: number
}

/** The partition of a row: by its truck; what cannot be read lies in the first. */
const partitionOf = (row: ReadingRow | null, partitions: number): number =>
  Number(/\d$/.exec(String(row?.['vehicle_id']))?.[0] ?? 0) % partitions

/** Seconds by which partitions are apart at most, when from each the same share of its messages is read: trucks fall silent for minutes. */
function apart(rows: readonly (readonly [ReadingRow | null, number])[], partitions: number): number {
  const times = [...Map.groupBy(rows, ([row]) => partitionOf(row, partitions)).values()].map(part => part.map(([, second]) => second))
  const at = (part: number[], share: number) => part[Math.min(part.length - 1, Math.floor(part.length * share))]!
  const spreads = Array.from({ length: 500 }, (_, i) => times.map(part => at(part, i / 500))).map(
    all => Math.max(...all) - Math.min(...all),
  )
  return Math.ceil(Math.max(...spreads))
}

/** Draws a story for a topic of so many partitions. */
export function story(random: Random, options: { vehicles: number; readings: number }, partitions: number): Story {
  const rates = { duplicatePerMillion: 20_000, implausiblePerMillion: 4_000, corruptPerMillion: 6_000 }
  const { rows } = collect({ size: 's', seed: random.int(1, 2 ** 31), ...rates, ...options })
  const delays = rows.map(({ ingestMs, reading }) => ingestMs - reading.eventTime * 1000)
  const told = rows.map(row => [row.corrupt === 'truncated' ? null : rowOf(row), row.ingestMs / 1000] as const)
  return {
    rows: told.map(([row]) => row),
    lateness: Math.ceil(Math.max(...delays) / 1000) + apart(told, partitions) + 30,
    last: Math.max(...rows.map(row => row.reading.eventTime)) - Date.UTC(2026, 2, 2, 6) / 1000,
  }
}

/** The story as messages: what was cut short is half of another row's bytes. */
export const messagesOf = (told: Story, bytes: (row: ReadingRow) => Buffer): (ReadingRow | Raw)[] =>
  told.rows.map((row, i) => row ?? { partition: 0, value: bytes(reading(1, i + 1, 0)).subarray(0, 60 + (i % 40)) })

/** Every window of the story. */
export const dueOf = (told: Story, windowSeconds: number): Windows =>
  windowsOf(
    told.rows.filter(row => row !== null),
    windowSeconds,
  )

/** A reading so much later that every window of the story is over. */
export const closing = (after: number, seq = 1): ReadingRow => reading(9000, seq, after + 3600)

/** The windows that the watermark has passed when everything is read. */
export function closedOf(all: Windows, rows: Iterable<ReadingRow | null>, lateness: number): Windows {
  const times = [...rows].flatMap(row => (row !== null && isReading(row) ? [Date.parse(String(row['event_time']))] : []))
  const watermark = Math.max(...times) - lateness * 1000
  return new Map([...all].filter(([, window]) => Date.parse(String(window['window_end'])) <= watermark))
}
