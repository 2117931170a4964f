/** Rows that many programs take for readings, and what is wrong with each. */
import { READINGS_HEADER } from '../../../../datasets/index.ts'

type Fields = Record<string, unknown>

/** One row that must be rejected. */
export interface Trap {
  raw: string
  reason: string
  field?: string
}

const COLUMNS = READINGS_HEADER.trim().split(',')
const csv = (row: Fields): string => COLUMNS.map(name => row[name] ?? '').join(',')

const wrong = (field: string, value: unknown) => ({ change: { [field]: value }, reason: 'wrong-type', field })
const missing = (field: string, value: unknown = null) => ({ change: { [field]: value }, reason: 'missing-field', field })

/** CSV rows that must be rejected; `good` is a reading as an object. */
export const csvTraps = (good: Fields): Trap[] => [
  ...[
    wrong('event_time', '2026-02-30T08:00:00Z'), // Date rolls it over to March.
    wrong('event_time', '2026-03-04T24:00:00Z'),
    wrong('event_time', '2026-03-04T08:00:00'), // Whose eight o'clock?
    wrong('event_time', '2026-03-04'),
    wrong('front_c', '4.2°C'),
    wrong('front_c', '0x10'),
    wrong('front_c', ' 4.2'),
    wrong('front_c', '1e3'),
    wrong('front_open', 'yes'),
    wrong('front_open', '1'),
    wrong('seq', '17.5'),
    wrong('seq', '3000000000'),
    wrong('rear_c', 'n/a'),
    missing('front_c'), // An empty field is no 0 °C.
    missing('ingest_time'),
  ].map(({ change, ...rest }) => ({ raw: csv({ ...good, ...change }), ...rest })),
  { raw: `${csv(good)},7`, reason: 'malformed' },
  // Both hold: the first in the contract's order counts.
  { raw: csv({ ...good, vehicle_id: 'V-9999', latitude: 'north' }), reason: 'wrong-type', field: 'latitude' },
  { raw: csv({ ...good, seq: 'x', front_open: null }), reason: 'missing-field', field: 'front_open' },
]

/** JSON rows that must be rejected. */
export const jsonTraps = (good: Fields): Trap[] => [
  ...[
    wrong('front_c', '4.2'),
    wrong('front_c', true),
    wrong('seq', 17.5),
    wrong('seq', 3_000_000_000),
    wrong('front_open', 'false'),
    wrong('front_open', 0),
    wrong('event_time', 1_772_431_200_000),
    wrong('event_time', '2026-02-30T08:00:00Z'),
    wrong('vehicle_id', 17),
    wrong('rear_open', 'maybe'),
    missing('front_c', null),
    missing('front_c', undefined),
    missing('vehicle_id', ''),
  ].map(({ change, ...rest }) => ({ raw: JSON.stringify({ ...good, ...change }), ...rest })),
  { raw: `[${JSON.stringify(good)}]`, reason: 'malformed' },
  { raw: 'null', reason: 'malformed' },
  { raw: '"reading"', reason: 'malformed' },
  { raw: `${JSON.stringify(good)}}`, reason: 'malformed' },
]
