import type { Add } from '../log/actions.ts'
import { decimalOf, type Field, isSupported } from '../schema/types.ts'
import { type Codec, codecOf } from '../values/codec.ts'
import { compare, type Physical } from '../values/compare.ts'

/** What is known of one column of a file. Bounds are loose: no value is outside them. */
export interface ColumnStats {
  readonly nullCount?: number | undefined
  readonly min?: Physical | undefined
  readonly max?: Physical | undefined
}

export interface FileStats {
  readonly numRecords?: number | undefined
  readonly columns: ReadonlyMap<string, ColumnStats>
}

const PREFIX = 32
const HIGHEST = '\u{10ffff}'
/** Exact JSON numbers: 2^53 + 1 is not 2^53. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON

/** Gathers the statistics of one file (protocol: Per-file Statistics) over its columns, `limit` of them at most. */
export class StatsCollector {
  readonly #columns: { name: string; codec: Codec; nulls: number; min?: Physical; max?: Physical; nan: boolean }[]
  #rows = 0

  constructor(fields: readonly Field[], limit: number) {
    const indexed = limit < 0 ? fields : fields.slice(0, limit)
    this.#columns = indexed.map(({ name, type }) => ({ name, codec: codecOf(type, name), nulls: 0, nan: false }))
  }

  add(row: Readonly<Record<string, Physical | null>>): void {
    this.#rows++
    for (const column of this.#columns) {
      const value = row[column.name]
      if (value === null || value === undefined) column.nulls++
      else if (column.codec.bounds === 'none') continue
      else if (Number.isNaN(value)) column.nan = true
      else {
        if (column.min === undefined || compare(value, column.min) < 0) column.min = value
        if (column.max === undefined || compare(value, column.max) > 0) column.max = value
      }
    }
  }

  /** The `stats` text of the add action. */
  toJson(): string {
    const nullCount: Record<string, number> = {}
    const minValues: Record<string, unknown> = {}
    const maxValues: Record<string, unknown> = {}
    for (const { name, codec, nulls, min, max, nan } of this.#columns) {
      nullCount[name] = nulls
      if (min === undefined || max === undefined || nan) continue
      const bounds =
        codec.bounds === 'number' ? [numberBound(codec, min), numberBound(codec, max)] : textBounds(codec.toText(min), codec.toText(max))
      if (bounds[0] !== undefined) minValues[name] = bounds[0]
      if (bounds[1] !== undefined) maxValues[name] = bounds[1]
    }
    return JSON.stringify({ numRecords: this.#rows, minValues, maxValues, nullCount })
  }
}

function numberBound(codec: Codec, value: Physical): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return rawJson(codec.toText(value))
}

/** Long text is cut; what is cut from a maximum is made up for by the highest character. */
function textBounds(min: string, max: string): [string, string | undefined] {
  const [lower, upper] = [[...min], [...max]]
  const cut = upper.length > PREFIX
  return [lower.slice(0, PREFIX).join(''), cut ? (upper[PREFIX] === HIGHEST ? undefined : upper.slice(0, PREFIX).join('') + HIGHEST) : max]
}

const parsed = new WeakMap<Add, FileStats>()

/** The statistics of a file, as far as it has any that can be trusted and understood. Never throws: statistics are a help. */
export function statsOf(add: Add, fields: readonly Field[]): FileStats {
  const known = parsed.get(add)
  if (known) return known
  const stats = parse(add.stats, fields)
  parsed.set(add, stats)
  return stats
}

type Bounds = Record<string, unknown> | undefined

function parse(text: string | undefined, fields: readonly Field[]): FileStats {
  const columns = new Map<string, ColumnStats>()
  if (text === undefined) return { columns }
  try {
    const exact = (_key: string, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' ? (context?.source ?? String(value)) : value
    const { numRecords, minValues, maxValues, nullCount } = JSON.parse(text, exact) as Record<string, Bounds> & { numRecords?: string }
    for (const { name, type } of fields) {
      if (!isSupported(type)) continue
      const codec = codecOf(type, name)
      const bounded = codec.bounds !== 'none' && (decimalOf(type)?.precision ?? 0) <= 15 // beyond, some writers round to a double
      const max = bounded ? bound(codec, maxValues?.[name]) : undefined
      columns.set(name, {
        nullCount: count(nullCount?.[name]),
        min: bounded ? bound(codec, minValues?.[name]) : undefined,
        // NaN is above every maximum and in none; times may have been cut to milliseconds.
        max: type === 'float' || type === 'double' ? undefined : type === 'timestamp' && max !== undefined ? (max as bigint) + 999n : max,
      })
    }
    return { numRecords: count(numRecords), columns }
  } catch {
    return { columns: new Map() }
  }
}

const count = (text: unknown): number | undefined => (typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined)

function bound(codec: Codec, text: unknown): Physical | undefined {
  if (typeof text !== 'string') return undefined
  try {
    return codec.fromText(text)
  } catch {
    return undefined
  }
}
