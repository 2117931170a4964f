/** The trucks and the range of each compartment, from vehicles.csv. Given: not yours to change. */
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'

/** Hundredths of a degree, both ends in range. */
export interface Range {
  min: number
  max: number
}

export interface Vehicle {
  front: Range
  /** null: the truck has no rear compartment. */
  rear: Range | null
}

/** By vehicle_id. Rejects what is no vehicles.csv. */
export function readFleet(path: string): Map<string, Vehicle> {
  const rows = parse(readFileSync(path), { columns: true }) as Record<string, string>[]
  return new Map(
    rows.map(row => [row['vehicle_id']!, { front: range(row, 'front')!, rear: row['rear_cargo'] ? range(row, 'rear') : null }]),
  )
}

function range(row: Record<string, string>, compartment: string): Range {
  const centi = (end: string) => Math.round(Number(row[`${compartment}_${end}_c`]) * 100)
  return { min: centi('min'), max: centi('max') }
}
