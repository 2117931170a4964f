/** Keys that other tables' rows may refer to. */
import type { Client } from 'pg'
import { escapeIdentifier } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { chunksOf } from '../csv/file.ts'
import { RecordReader } from '../csv/records.ts'
import { isNull, kindOf, UUID } from '../csv/values.ts'
import { KeySet } from '../infer/key-set.ts'
import type { Reference, TablePlan } from '../infer/plan.ts'
import { doubtful, malformed } from '../infer/scan.ts'
import { fewOf } from '../infer/types.ts'
import { missesIn } from './judge-row.ts'

/** All keys of a table as it is in the database now. */
export async function storedKeys(client: Client, table: string, key: string): Promise<KeySet> {
  const keys = new KeySet()
  const reader = new RecordReader(0) // One column: no delimiter occurs, U+0000 cannot.
  const stream = client.query(copyTo(`COPY (SELECT ${escapeIdentifier(key)} FROM ${escapeIdentifier(table)}) TO STDOUT (FORMAT csv)`))
  const take = (chunk: Buffer, last: boolean): void => {
    reader.feed(chunk, last)
    while (reader.next()) {
      const from = reader.starts[0]!
      const to = reader.ends[0]!
      keys.add(reader.buffer, from, to, reader.style[0]!, kindOf(reader.buffer, from, to) === UUID)
    }
  }
  for await (const chunk of stream) take(chunk, false)
  take(Buffer.alloc(0), true)
  return keys
}

/** Of the suggested references, those that the values bear out: at most one in a hundred points nowhere. One pass over the file. */
export async function provenReferences({ file, references, types }: TablePlan, parents: ReadonlyMap<string, KeySet>): Promise<Reference[]> {
  if (references.length === 0) return []
  const counts = references.map(() => ({ values: 0, misses: 0 }))
  for await (const reader of chunksOf(file)) {
    const check = doubtful(reader.buffer)
    while (reader.next()) {
      if (malformed(reader, file.columns.length, check)) continue
      for (const [i, { column, table }] of references.entries()) {
        if (isNull(reader.buffer, reader.starts[column]!, reader.ends[column]!, reader.style[column]!)) continue
        counts[i]!.values++
        if (missesIn(reader, column, parents.get(table)!, types[column] === 'uuid')) counts[i]!.misses++
      }
    }
  }
  return references.filter((_, i) => counts[i]!.values > 0 && fewOf(counts[i]!.misses, counts[i]!.values))
}
