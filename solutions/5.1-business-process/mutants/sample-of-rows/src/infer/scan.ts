/** The first pass over a file: kinds of values, and which columns repeat. Nothing is kept but counts and hashes. */
import { isUtf8 } from 'node:buffer'
import { type CsvFile, chunksOf } from '../csv/file.ts'
import type { RecordReader } from '../csv/records.ts'
import { isNull, kindOf, NULL, UUID } from '../csv/values.ts'
import { KeySet } from './key-set.ts'
import { type KindCounts, kindCounts } from './types.ts'

/** The leftmost columns among which a key is looked for when none has the name of one. */
const KEY_COLUMNS = 4

export interface Scan {
  /** Rows that are well formed: quotes, encoding and number of fields are right. */
  rows: number
  malformed: number
  kinds: KindCounts[]
  /** By column, for columns that may be the key: rows whose value an earlier row has. */
  repeats: Map<number, number>
  /** The values of those columns. */
  values: Map<number, KeySet>
  /** The column that has the name of a key. */
  named: number | undefined
}

/** `id`, `<table>_id`, `<table without s>_id`: the first of these that the file has. */
function namedKey(file: CsvFile): number | undefined {
  const names = ['id', `${file.table}_id`, ...(file.table.endsWith('s') ? [`${file.table.slice(0, -1)}_id`] : [])]
  const found = names.map(name => file.columns.indexOf(name)).find(at => at !== -1)
  return found
}

/** Why a record is no row at all, or undefined. `checkText` says that the chunk holds bytes to look at closely. */
export function malformed(
  reader: RecordReader,
  columns: number,
  checkText: boolean,
): 'bad-quote' | 'bad-encoding' | 'field-count' | undefined {
  if (reader.badQuote) return 'bad-quote'
  if (checkText) {
    const record = reader.buffer.subarray(reader.start, reader.end)
    if (!isUtf8(record) || record.includes(0)) return 'bad-encoding'
  }
  return reader.count === columns ? undefined : 'field-count'
}

/** True when some record of the chunk may hold bytes that are no UTF-8, or U+0000, which PostgreSQL cannot store. */
export const doubtful = (chunk: Buffer): boolean => !isUtf8(chunk) || chunk.includes(0)

/** Counts a whole file. `key`: the existing table's key column, or undefined to look for one. */
export async function scan(file: CsvFile, key: number | undefined): Promise<Scan> {
  const width = file.columns.length
  const named = namedKey(file)
  const candidates = key !== undefined ? [key] : named !== undefined ? [named] : file.columns.slice(0, KEY_COLUMNS).map((_, i) => i)
  const strict = key === undefined && named === undefined
  const out: Scan = {
    rows: 0,
    malformed: 0,
    kinds: file.columns.map(kindCounts),
    repeats: new Map(candidates.map(column => [column, 0])),
    values: new Map(candidates.map(column => [column, new KeySet()])),
    named,
  }
  const kindsOfRow = new Uint8Array(width)
  for await (const reader of chunksOf(file)) {
    const check = doubtful(reader.buffer)
    while (reader.next()) {
      if (malformed(reader, width, check)) {
        out.malformed++
        continue
      }
      out.rows++
      if (out.rows > 10_000) continue
      const { buffer, starts, ends, style } = reader
      for (let i = 0; i < width; i++) {
        const kind = isNull(buffer, starts[i]!, ends[i]!, style[i]!) ? NULL : kindOf(buffer, starts[i]!, ends[i]!)
        kindsOfRow[i] = kind
        out.kinds[i]![kind]!++
      }
      for (const [column, values] of out.values) {
        const kind = kindsOfRow[column]!
        const fresh = kind !== NULL && values.add(buffer, starts[column]!, ends[column]!, style[column]!, kind === UUID)
        if (fresh) continue
        if (kind !== NULL) out.repeats.set(column, out.repeats.get(column)! + 1)
        if (strict) out.values.delete(column) // It cannot be the key any more: its memory is given back.
      }
    }
  }
  return out
}
