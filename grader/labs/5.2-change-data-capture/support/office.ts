/** What the office writes: shipments with awkward values, each change of a row with the next `rev`. */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Random } from '../../../kpi/types.ts'

export interface Shipment {
  shipment_id: string
  vehicle_id: string
  status: string
  weight_kg: string
  note: string | null
  rev: number
}

const STATUS = ['booked', 'loaded', 'in_transit', 'arrived', 'delivered'] as const
const NOTES = [null, 'håndteres forsiktig', 'says "cold"', '', 'line one\nline two', "O'Brien; DROP", '雪'] as const

const uuidOf = (random: Random): string => {
  const hex = Array.from({ length: 32 }, () => random.int(0, 15).toString(16)).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A weight that no double holds: fourteen digits, four of them decimals. */
export const weight = (random: Random): string =>
  `${random.int(1_000_000_000, 9_999_999_999)}.${random.int(1, 9999).toString().padStart(4, '0')}`

/** One that nobody has booked before, at `rev` 1. */
export const newShipment = (random: Random, vehicles: readonly string[]): Shipment => ({
  shipment_id: uuidOf(random),
  vehicle_id: random.pick(vehicles),
  status: random.pick(STATUS),
  weight_kg: weight(random),
  note: random.pick(NOTES),
  rev: 1,
})

/** Adds trucks; resolves to their ids. */
export async function insertVehicles(client: pg.Client, random: Random, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `V-${random.word(4)}-${i}`)
  for (const id of ids)
    await client.query('INSERT INTO vehicles VALUES ($1, $2, $3)', [id, random.word(6).toUpperCase(), random.int(2_000, 18_000)])
  return ids
}

const INSERT = 'INSERT INTO shipments (shipment_id, vehicle_id, status, weight_kg, note, rev) VALUES ($1, $2, $3, $4, $5, $6)'

/** One insert, committed by itself unless a transaction is open. */
export const insertShipment = (client: pg.Client | pg.Pool, { shipment_id, vehicle_id, status, weight_kg, note, rev }: Shipment) =>
  client.query(INSERT, [shipment_id, vehicle_id, status, weight_kg, note, rev])

/** The next state of a shipment: another status, and `rev` one more. */
export async function advance(client: pg.Client | pg.Pool, id: string, random: Random): Promise<Shipment> {
  const { rows } = await client.query('UPDATE shipments SET status = $2, rev = rev + 1 WHERE shipment_id = $1 RETURNING *', [
    id,
    random.pick(STATUS),
  ])
  return rows[0] as Shipment
}

/** Writes so many bytes to the log that no captured table has a part in. */
export async function writeAside(client: pg.Client | pg.Pool, megabytes: number): Promise<void> {
  const line = randomUUID().repeat(28) // 1 kB that does not shrink to nothing.
  for (let i = 0; i < megabytes; i++)
    await client.query('INSERT INTO audit_log (line) SELECT $1 || n FROM generate_series(1, 1000) n', [line])
}
