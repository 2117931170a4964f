import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { DeltaError } from '../errors.ts'
import type { Field } from '../schema/types.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { codecOf } from '../values/codec.ts'
import type { Physical } from '../values/compare.ts'

/** Smaller files are fetched as a whole: one request instead of one a column. */
const WHOLE_FILE_BYTES = 4 << 20
const ROWS_AT_ONCE = 50_000

/** A row in physical values; columns that the file does not have are null. */
export type PhysicalRow = Record<string, Physical | null>

/** Times as bigint microseconds and days as numbers: the reader's own Dates would cut microseconds off. */
const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => millis * 1000n,
  timestampFromMicroseconds: (micros: bigint) => micros,
  timestampFromNanoseconds: (nanos: bigint) => (nanos - (((nanos % 1000n) + 1000n) % 1000n)) / 1000n,
  dateFromDays: (days: number) => days,
}

/** A file of the store as the Parquet reader wants it. */
export async function bufferOf(store: ObjectStore, path: string, size: number): Promise<AsyncBuffer> {
  const gone = () => new DeltaError('DELTA_DATA_FILE_MISSING', `${store.url}${path} is in the log and not in the store.`)
  const range = async (start: number, end: number): Promise<ArrayBuffer> => {
    const bytes = await store.getRange(path, start, end)
    if (!bytes) throw gone()
    return bytes.slice().buffer
  }
  if (size > WHOLE_FILE_BYTES) return { byteLength: size, slice: (start, end = size) => range(start, end) }
  const bytes = await store.get(path)
  if (!bytes) throw gone()
  const buffer = bytes.slice().buffer
  return { byteLength: buffer.byteLength, slice: (start, end) => buffer.slice(start, end) }
}

/** Rows of a data file, some ten thousand in memory at a time. Throws `DELTA_DATA_FILE_MISSING` and `DELTA_DATA_FILE_DAMAGED`. */
export async function* readRows(store: ObjectStore, path: string, size: number, fields: readonly Field[]): AsyncGenerator<PhysicalRow[]> {
  const damaged = (cause: unknown) =>
    cause instanceof DeltaError
      ? cause
      : new DeltaError('DELTA_DATA_FILE_DAMAGED', `${store.url}${path}: ${(cause as Error).message}.`, { cause })
  try {
    const file = await bufferOf(store, path, size)
    const metadata = withRawDecimals(await parquetMetadataAsync(file), fields, path)
    const there = new Set(metadata.schema.slice(1).map(({ name }) => name))
    const read = fields.filter(({ name }) => there.has(name))
    const codecs = fields.map(({ name, type }) => [name, codecOf(type, name)] as const)
    const total = Number(metadata.num_rows)
    for (let rowStart = 0; rowStart < total; rowStart += ROWS_AT_ONCE) {
      const rowEnd = Math.min(total, rowStart + ROWS_AT_ONCE)
      const raw: Record<string, unknown>[] =
        read.length === 0
          ? Array.from({ length: rowEnd - rowStart }, () => ({}))
          : await parquetReadObjects({
              file,
              metadata,
              columns: read.map(({ name }) => name),
              rowStart,
              rowEnd,
              compressors,
              parsers: PARSERS,
              utf8: false,
            })
      if (raw.length !== rowEnd - rowStart) throw new Error(`${raw.length} rows where ${rowEnd - rowStart} should be`)
      yield raw.map(row => {
        const physical: PhysicalRow = {}
        for (const [name, codec] of codecs)
          physical[name] = row[name] === null || row[name] === undefined ? null : codec.fromParquet(row[name])
        return physical
      })
    }
  } catch (cause) {
    throw damaged(cause)
  }
}

/** The reader would turn decimals into floating point; without their annotation it hands over the integers as they are. */
function withRawDecimals(metadata: FileMetaData, fields: readonly Field[], path: string): FileMetaData {
  const schema = metadata.schema.map(element => {
    const { converted_type, logical_type, ...rest } = element
    if (converted_type !== 'DECIMAL' && logical_type?.type !== 'DECIMAL') return element
    const field = fields.find(({ name }) => name === element.name)
    const expected = field && codecOf(field.type, field.name).element.scale
    if (field && expected !== (element.scale ?? 0))
      throw new Error(`column ${element.name} has scale ${element.scale ?? 0} in ${path}, and ${String(field.type)} in the table`)
    return rest
  })
  return { ...metadata, schema }
}
