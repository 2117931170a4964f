/** Shipments that live: a seeded history of changes, the events that Debezium makes of them, and the truth after each. */
import { collect } from '../../../../datasets/index.ts'
import { decimal, isoDay, isoSeconds } from '../../../../datasets/text.ts'
import type { Random } from '../../../kpi/types.ts'

/** A row of the table as PostgreSQL has it: dates and times are text, the weight a number. */
export type ShipmentRow = Record<string, string | number | boolean | null>

/** One change: the row before and after, and its place in the database's log. */
export interface Change {
  op: 'r' | 'c' | 'u' | 'd'
  id: string
  before: ShipmentRow | null
  after: ShipmentRow | null
  lsn: number
  /** Milliseconds since 1970. */
  at: number
}

const STATES = ['booked', 'loaded', 'in_transit', 'arrived', 'delivered']
const TIME_OF = ['booked_at', 'loaded_at', 'departed_at', 'arrived_at', 'delivered_at']
const time = (second: number | null): string | null => (second === null ? null : isoSeconds(second).replace('Z', '.000Z'))

/** A table of shipments and its history. */
export class World {
  readonly history: Change[] = []
  readonly #random: Random
  readonly #now = new Map<string, ShipmentRow>()
  readonly #spare: ShipmentRow[]
  #lsn = 26_500_000
  #at = Date.UTC(2026, 2, 2, 6)

  /** Begins with a snapshot of `count` shipments; as many can be inserted later. */
  constructor(random: Random, count: number) {
    this.#random = random
    const { dataset } = collect({ size: 's', seed: random.int(1, 2 ** 31), vehicles: 6, shipments: count * 2, readings: 1 })
    const code = (index: number) => dataset.depots[index]!.depot_id
    const rows = dataset.shipments.map(
      (s): ShipmentRow => ({
        ...{ shipment_id: s.shipment_id, customer: s.customer, origin_depot_id: code(s.origin), destination_depot_id: code(s.destination) },
        ...{
          vehicle_id: s.vehicle?.vehicle_id ?? null,
          compartment: s.compartment,
          cargo: s.cargo,
          weight_kg: Number(decimal(s.weight, 1)),
        },
        ...{ parcels: s.parcels, priority: s.priority, status: s.status, due_on: isoDay(s.dueOn), booked_at: time(s.bookedAt) },
        ...{
          loaded_at: time(s.loadedAt),
          departed_at: time(s.departedAt),
          arrived_at: time(s.arrivedAt),
          delivered_at: time(s.deliveredAt),
        },
        note: s.note,
      }),
    )
    const shuffled = random.shuffle(rows)
    this.#spare = shuffled.slice(count)
    for (const row of shuffled.slice(0, count)) this.#happen('r', null, row)
  }

  #happen(op: Change['op'], before: ShipmentRow | null, after: ShipmentRow | null): Change {
    const id = String((after ?? before)!['shipment_id'])
    this.#lsn += this.#random.int(40, 900)
    this.#at += this.#random.int(1, 5000)
    if (after === null) this.#now.delete(id)
    else this.#now.set(id, after)
    const change: Change = { op, id, before, after, lsn: this.#lsn, at: this.#at }
    this.history.push(change)
    return change
  }

  /** Some shipment that is there. */
  any = (): string => this.#random.pick([...this.#now.keys()])

  /** A shipment moves on, is held back to the beginning, or gets another note; other columns stay. */
  update(id = this.any()): Change {
    const row = this.#now.get(id)!
    const step = STATES.indexOf(String(row['status']))
    const after = { ...row }
    if (this.#random.int(0, 3) === 0) after['note'] = this.#random.int(0, 1) ? null : `ring ${this.#random.word(5)} «first», then "load"`
    else if (step < 4) Object.assign(after, { status: STATES[step + 1], [TIME_OF[step + 1]!]: new Date(this.#at).toISOString() })
    else
      Object.assign(after, {
        status: 'booked',
        vehicle_id: null,
        compartment: null,
        ...Object.fromEntries(TIME_OF.slice(1).map(name => [name, null])),
      })
    return this.#happen('u', row, after)
  }

  insert(): Change {
    const row = this.#spare.pop()
    if (!row) throw new Error('the world has no more shipments')
    return this.#happen('c', null, row)
  }

  delete(id = this.any()): Change {
    return this.#happen('d', this.#now.get(id)!, null)
  }

  /** `count` changes, mostly updates. */
  live(count: number): void {
    for (let i = 0; i < count; i++) {
      const draw = this.#random.int(0, 9)
      if (draw === 0 && this.#spare.length > 0) this.insert()
      else if (draw === 1 && this.#now.size > 5) this.delete()
      else this.update()
    }
  }

  /** The table after the first `count` changes: rows by id, each with the lsn of its last change. */
  after(count = this.history.length): Map<string, ShipmentRow> {
    const rows = new Map<string, ShipmentRow>()
    for (const { id, after, lsn } of this.history.slice(0, count)) {
      if (after === null) rows.delete(id)
      else rows.set(id, { ...after, lsn })
    }
    return rows
  }
}

const days = (date: unknown): number => Date.parse(String(date)) / 86_400_000
const zoned = (value: unknown): unknown => (value === null ? null : String(value).replace('.000Z', 'Z'))

/** A row as Debezium writes it with `decimal.handling.mode=string`. */
function captured(row: ShipmentRow | null): Record<string, unknown> | null {
  if (row === null) return null
  const times = Object.fromEntries(TIME_OF.map(name => [name, zoned(row[name])]))
  return { ...row, weight_kg: Number(row['weight_kg']).toFixed(1), due_on: days(row['due_on']), ...times }
}

/** The value of the event. A deletion of a table without REPLICA IDENTITY FULL has the key in `before`. */
export const eventOf = ({ op, id, before, after, lsn, at }: Change) => ({
  before: op === 'd' ? { ...captured(before), shipment_id: id } : captured(before),
  after: captured(after),
  source: { version: '3.7.0.Final', connector: 'postgresql', name: 'fjordline', ts_ms: at, db: 'fjordline', schema: 'public', table: 'shipments', txId: lsn % 10_007, lsn }, // biome-ignore format: one line
  op,
  ts_ms: at + 250,
})
