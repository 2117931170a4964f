import { readInt64, writeInt64 } from '../protocol/writer.ts'
import { crc32c } from './crc32c.ts'

// RecordBatch (magic 2) =>
//    0 baseOffset INT64            8 batchLength INT32 (bytes after this field)
//   12 partitionLeaderEpoch INT32  16 magic INT8 = 2
//   17 crc UINT32 (CRC-32C of everything from attributes on: offset and epoch can be set without touching it)
//   21 attributes INT16: bits 0-2 compression, 3 timestamp type, 4 transactional, 5 control
//   23 lastOffsetDelta INT32       27 baseTimestamp INT64    35 maxTimestamp INT64
//   43 producerId INT64            51 producerEpoch INT16    53 baseSequence INT32
//   57 recordsCount INT32          61 records
// Source: https://kafka.apache.org/documentation/#recordbatch
export const BATCH_HEADER = 61
/** Offset and length: what comes before the bytes that batchLength counts. */
export const LOG_OVERHEAD = 12
const MAGIC = 2

/** The fields of a batch header, without its records. */
export interface BatchInfo {
  baseOffset: number
  /** Whole length in bytes, header included. */
  size: number
  leaderEpoch: number
  attributes: number
  lastOffset: number
  recordsCount: number
  maxTimestamp: number
  producerId: number
  producerEpoch: number
  baseSequence: number
}

export const COMPRESSION_MASK = 0x07
export const LOG_APPEND_TIME = 0x08
export const TRANSACTIONAL = 0x10
export const CONTROL = 0x20

/** The whole length of the batch at `at`; only its first 12 bytes are needed. */
export const batchSizeAt = (buffer: Buffer, at: number): number => buffer.readInt32BE(at + 8) + LOG_OVERHEAD

/** The offset of the last record of the batch at `at`. */
export const lastOffsetAt = (buffer: Buffer, at: number): number => readInt64(buffer, at) + buffer.readInt32BE(at + 23)

/** Reads a batch header; the caller has made sure that 61 bytes are there. */
export function readBatchInfo(buffer: Buffer, at = 0): BatchInfo {
  const baseOffset = readInt64(buffer, at)
  return {
    baseOffset,
    size: batchSizeAt(buffer, at),
    leaderEpoch: buffer.readInt32BE(at + 12),
    attributes: buffer.readInt16BE(at + 21),
    lastOffset: baseOffset + buffer.readInt32BE(at + 23),
    recordsCount: buffer.readInt32BE(at + 57),
    maxTimestamp: readInt64(buffer, at + 35),
    producerId: readInt64(buffer, at + 43),
    producerEpoch: buffer.readInt16BE(at + 51),
    baseSequence: buffer.readInt32BE(at + 53),
  }
}

/** True when a whole, unharmed batch of magic 2 starts at `at`. */
export function isIntactBatch(buffer: Buffer, at = 0): boolean {
  if (buffer.length - at < BATCH_HEADER) return false
  const size = batchSizeAt(buffer, at)
  if (size < BATCH_HEADER || at + size > buffer.length || buffer[at + 16] !== MAGIC) return false
  if (buffer.readInt32BE(at + 23) < 0) return false
  return buffer.readUInt32BE(at + 17) === crc32c(buffer, at + 21, at + size)
}

/** Gives a batch its place in the log. The checksum does not cover these fields, so compressed batches pass through as they are. */
export function placeBatch(batch: Buffer, baseOffset: number, leaderEpoch: number): void {
  writeInt64(batch, baseOffset, 0)
  batch.writeInt32BE(leaderEpoch, 12)
}

/** Sets the log append time, which the checksum does cover. */
export function stampAppendTime(batch: Buffer, now: number): void {
  batch.writeInt16BE(batch.readInt16BE(21) | LOG_APPEND_TIME, 21)
  writeInt64(batch, now, 35)
  sealBatch(batch)
}

/** Computes and writes length and checksum. */
export function sealBatch(batch: Buffer): void {
  batch.writeInt32BE(batch.length - LOG_OVERHEAD, 8)
  batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17)
}
