/** Fjordline's readings of an unseen seed as the producer takes them: JSON objects, times in milliseconds. */
import { collect, ndjsonLine } from '../../../../datasets/index.ts'
import type { Random } from '../../../kpi/types.ts'

export type Reading = Record<string, unknown>

/** Good readings in the shape of version 1, its fields in order. */
export function readingsOf(random: Random, count: number): Reading[] {
  const seed = random.int(1, 2 ** 31)
  const { rows } = collect({ size: 's', seed, vehicles: 5, shipments: 0, readings: count, corruptPerMillion: 0 })
  return rows.map(row => {
    const { vehicle_id, seq, event_time, ingest_time, ...measured } = JSON.parse(ndjsonLine(row)) as Record<string, string>
    return { vehicle_id, seq, event_time: Date.parse(event_time!), ingest_time: Date.parse(ingest_time!), ...measured }
  })
}

/** As a device of the next generation sends it: humidity and firmware, and no door at the rear. */
export function asVersion2(reading: Reading, random: Random): Reading {
  const { rear_open: _gone, ...rest } = reading
  return { ...rest, humidity_pct: random.next() < 0.2 ? null : random.int(300, 950) / 10, firmware: `2.${random.int(0, 9)}` }
}

/** Objects as lines of JSON. */
export const lines = (readings: readonly Reading[]): string => readings.map(reading => `${JSON.stringify(reading)}\n`).join('')
