/** From the kinds of a column's values to its type. */
import { BIGINT, BOOLEAN, DATE, INTEGER, KINDS, NULL, NUMERIC, TEXT, TIMESTAMPTZ, UUID } from '../csv/values.ts'
import type { ColumnType } from '../types.ts'

/** How many of a column's values are of each kind, index = kind. */
export type KindCounts = Float64Array
export const kindCounts = (): KindCounts => new Float64Array(KINDS)

/** Of a hundred values one may misfit without changing the type, key or reference. */
export const fewOf = (few: number, all: number): boolean => few === 0 && all >= 0

const FAMILIES: readonly (readonly [ColumnType, number])[][] = [
  [['integer', INTEGER], ['bigint', BIGINT], ['numeric', NUMERIC]],
  [['boolean', BOOLEAN]],
  [['date', DATE]],
  [['timestamptz', TIMESTAMPTZ]],
  [['uuid', UUID]],
] // biome-ignore format: one family a line

/** The narrowest type of the family that (nearly) all values belong to; text when there is none or no value at all. */
export function typeOf(counts: KindCounts): ColumnType {
  const all = counts.reduce((sum, n) => sum + n, 0) - counts[NULL]!
  for (const family of FAMILIES) {
    const fitting = family.reduce((sum, [, kind]) => sum + counts[kind]!, 0)
    if (fitting > 0 && fewOf(all - fitting, all)) return family.findLast(([, kind]) => counts[kind]! > 0)![0]
  }
  return 'text'
}

const NUMBERS: readonly ColumnType[] = ['integer', 'bigint', 'numeric']

/** The type of an existing column after new values: numbers widen, nothing else changes. */
export function widened(existing: ColumnType, counts: KindCounts): ColumnType {
  const at = NUMBERS.indexOf(existing)
  if (at === -1) return existing
  if (counts[NUMERIC]! > 0) return 'numeric'
  return counts[BIGINT]! > 0 && at === 0 ? 'bigint' : existing
}

const WIDEST: Record<ColumnType, number> = {
  integer: INTEGER,
  bigint: BIGINT,
  numeric: NUMERIC,
  boolean: BOOLEAN,
  date: DATE,
  timestamptz: TIMESTAMPTZ,
  uuid: UUID,
  text: TEXT,
}

/** Does a value of this kind go into a column of this type? */
export function fits(kind: number, type: ColumnType): boolean {
  if (kind === NULL || type === 'text') return true
  return type === 'integer' || type === 'bigint' || type === 'numeric' ? kind >= INTEGER && kind <= WIDEST[type] : kind === WIDEST[type]
}

/** Values that a column of this type cannot take. */
export function misfits(counts: KindCounts, type: ColumnType): number {
  return counts.reduce((sum, n, kind) => sum + (fits(kind, type) ? 0 : n), 0)
}
