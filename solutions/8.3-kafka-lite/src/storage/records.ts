import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { Reader } from '../protocol/reader.ts'
import { readInt64, Writer, writeInt64 } from '../protocol/writer.ts'
import { BATCH_HEADER, COMPRESSION_MASK, CONTROL, LOG_APPEND_TIME, sealBatch, TRANSACTIONAL } from './batch.ts'

/** One record; null bytes are Kafka's null key or tombstone. */
export interface LogRecord {
  offset: number
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  headers: { key: string; value: Buffer | null }[]
}

/** Decompression is only needed to look inside (compaction, time lookup); its result is bounded. */
const MAX_UNPACKED = 256 * 1024 * 1024

function unpack(batch: Buffer): Buffer | null {
  const body = batch.subarray(BATCH_HEADER)
  switch (batch.readInt16BE(21) & COMPRESSION_MASK) {
    case 0:
      return body
    case 1:
      return gunzipSync(body, { maxOutputLength: MAX_UNPACKED })
    case 4:
      return zstdDecompressSync(body, { maxOutputLength: MAX_UNPACKED })
    default:
      return null
  }
}

// Record => length VARINT, attributes INT8, timestampDelta VARLONG, offsetDelta VARINT,
//           keyLength VARINT (-1 null), key, valueLength VARINT (-1 null), value,
//           headersCount VARINT, headersCount × (keyLength VARINT, key, valueLength VARINT, value)
/**
 * The records of a batch; null when they cannot be read: a compression that Node's built-ins do not open (snappy, lz4), or a client
 * that put nonsense under a right checksum. Such batches are stored and served like any other.
 */
export function readRecords(batch: Buffer): LogRecord[] | null {
  try {
    return parseRecords(batch)
  } catch {
    return null
  }
}

function parseRecords(batch: Buffer): LogRecord[] | null {
  const body = unpack(batch)
  if (!body) return null
  const baseOffset = readInt64(batch, 0)
  const appendTime = batch.readInt16BE(21) & LOG_APPEND_TIME ? readInt64(batch, 35) : null
  const baseTimestamp = readInt64(batch, 27)
  const r = new Reader(body)
  const found: LogRecord[] = []
  for (let left = batch.readInt32BE(57); left > 0; left--) {
    r.varint()
    r.int8()
    const delta = r.varlong()
    const timestamp = appendTime ?? baseTimestamp + delta
    const offset = baseOffset + r.varint()
    const key = readBytes(r)
    const value = readBytes(r)
    const headers: LogRecord['headers'] = []
    for (let count = r.varint(); count > 0; count--) headers.push({ key: r.text(r.varint()), value: readBytes(r) })
    found.push({ offset, timestamp, key, value, headers })
  }
  return found
}

function readBytes(r: Reader): Buffer | null {
  const length = r.varint()
  return length < 0 ? null : r.raw(length)
}

function writeBytes(w: Writer, bytes: Buffer | null): void {
  w.varint(bytes?.length ?? -1)
  if (bytes) w.raw(bytes)
}

/** A record to be written. */
export type NewRecord = Omit<LogRecord, 'headers'> & { headers?: LogRecord['headers'] }

/** What goes around the records of a batch that we make ourselves. */
export interface BatchOptions {
  producerId?: number
  producerEpoch?: number
  baseSequence?: number
  transactional?: boolean
  control?: boolean
  /** Keeps offsets where records were removed from the middle. */
  baseOffset?: number
  lastOffset?: number
  leaderEpoch?: number
}

/** Builds an uncompressed batch. Offsets of the records are relative to `baseOffset`. */
export function buildBatch(records: NewRecord[], options: BatchOptions = {}): Buffer {
  const baseOffset = options.baseOffset ?? 0
  const baseTimestamp = records[0]?.timestamp ?? 0
  const body = new Writer(256)
  let maxTimestamp = records.length ? baseTimestamp : -1
  for (const record of records) {
    const one = new Writer(64)
    one.int8(0)
    one.varint(record.timestamp - baseTimestamp)
    one.varint(record.offset - baseOffset)
    writeBytes(one, record.key)
    writeBytes(one, record.value)
    const headers = record.headers ?? []
    one.varint(headers.length)
    for (const header of headers) {
      writeBytes(one, Buffer.from(header.key))
      writeBytes(one, header.value)
    }
    body.varint(one.length)
    for (const chunk of one.chunks()) body.raw(chunk)
    maxTimestamp = Math.max(maxTimestamp, record.timestamp)
  }
  const batch = Buffer.concat([Buffer.alloc(BATCH_HEADER), ...body.chunks()])
  writeInt64(batch, baseOffset, 0)
  batch.writeInt32BE(options.leaderEpoch ?? 0, 12)
  batch[16] = 2
  batch.writeInt16BE((options.transactional ? TRANSACTIONAL : 0) | (options.control ? CONTROL : 0), 21)
  batch.writeInt32BE((options.lastOffset ?? records.at(-1)?.offset ?? baseOffset) - baseOffset, 23)
  writeInt64(batch, baseTimestamp, 27)
  writeInt64(batch, maxTimestamp, 35)
  writeInt64(batch, options.producerId ?? -1, 43)
  batch.writeInt16BE(options.producerEpoch ?? -1, 51)
  batch.writeInt32BE(options.baseSequence ?? -1, 53)
  batch.writeInt32BE(records.length, 57)
  sealBatch(batch)
  return batch
}

// ControlRecord => key: version INT16 = 0, type INT16 (0 abort, 1 commit)    value: version INT16 = 0, coordinatorEpoch INT32
/** The marker that ends a transaction in a partition. */
export function buildMarker(producerId: number, producerEpoch: number, commit: boolean, timestamp: number): Buffer {
  const key = Buffer.from([0, 0, 0, commit ? 1 : 0])
  const value = Buffer.alloc(6)
  return buildBatch([{ offset: 0, timestamp, key, value }], { producerId, producerEpoch, transactional: true, control: true })
}

/** Whether a control batch commits (true) or aborts (false); null for other control records. */
export function markerOf(batch: Buffer): boolean | null {
  const type = readRecords(batch)?.[0]?.key?.readInt16BE(2)
  return type === 1 ? true : type === 0 ? false : null
}
