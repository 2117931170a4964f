import { hash } from 'node:crypto'
import { type BatchInfo, CONTROL, TRANSACTIONAL } from './batch.ts'
import type { Log } from './log.ts'
import { buildBatch, type LogRecord, readRecords } from './records.ts'
import { Segment } from './segment.ts'

/** What compaction needs to know. */
export interface CleanerSettings {
  minCleanableRatio: number
  deleteRetentionMs: number
}

/** Keys held in memory in one pass; with more, the pass stops early and the next one goes on. */
const MAX_KEYS = 1_000_000

/**
 * Compaction: of each key only the newest record stays. Works on closed segments before `limit` (the last stable offset), so every
 * transaction met has ended: aborted records go, committed ones lose their transactional mark, and the markers go. Tombstones stay
 * readable for `deleteRetentionMs`. Offsets never change. Batches that cannot be opened (snappy, lz4) are kept whole.
 * Returns the bytes given back.
 */
export async function cleanLog(log: Log, limit: number, settings: CleanerSettings, now: number): Promise<number> {
  const closed = log.segments.slice(0, -1)
  const count = closed.findIndex((_, i) => log.segments[i + 1]!.baseOffset > limit)
  const cleanable = count < 0 ? closed : closed.slice(0, count)
  const dirty = cleanable.filter(s => s.baseOffset >= log.cleanedOffset)
  const dirtyBytes = dirty.reduce((sum, s) => sum + s.size, 0)
  const total = cleanable.reduce((sum, s) => sum + s.size, 0)
  if (dirty.length === 0 || dirtyBytes < total * settings.minCleanableRatio) return 0

  // Recovery must never begin inside a file that has been rewritten: the checkpoint goes to the active segment first.
  await log.checkpoint()
  const newest = new Map<string, number>()
  let end = cleanable[0]!.baseOffset
  const included: Segment[] = []
  for (const [i, segment] of cleanable.entries()) {
    for (const [info, batch] of segment.intact(0, segment.size)) {
      if (info.attributes & CONTROL) continue
      for (const record of readRecords(batch) ?? []) if (record.key) newest.set(digest(record.key), record.offset)
    }
    included.push(segment)
    end = log.segments[i + 1]!.baseOffset
    if (newest.size > MAX_KEYS) break
    await new Promise(setImmediate)
  }
  const before = included.reduce((sum, s) => sum + s.size, 0)
  const rewritten: Segment[] = []
  for (const segment of included) {
    rewritten.push(rewrite(log, segment, newest, settings, now))
    await new Promise(setImmediate)
  }
  await log.replaceSegments(included, rewritten, end)
  return before - rewritten.reduce((sum, s) => sum + s.size, 0)
}

/** Writes what stays of a segment beside it; the log then puts it in its place. */
function rewrite(log: Log, segment: Segment, newest: Map<string, number>, settings: CleanerSettings, now: number): Segment {
  const clean = new Segment(log.directory, segment.baseOffset, log.handles, segment.createdAt, '.cleaned')
  clean.truncate(0)
  clean.offsetIndex.load(() => false)
  clean.timeIndex.load(() => false)
  for (const [info, batch] of segment.intact(0, segment.size)) {
    if (info.attributes & CONTROL) continue
    const records = readRecords(batch)
    if (!records) {
      clean.append(batch, info)
      continue
    }
    if (isAborted(log, info)) continue
    const kept = records.filter(r => stays(r, newest, settings, now))
    if (kept.length > 0) clean.append(...repack(kept, info))
  }
  clean.seal()
  return clean
}

/** Keys can be large: as in Kafka, a digest stands for each. */
const digest = (key: Buffer) => hash('sha1', key, 'base64')

function isAborted(log: Log, info: BatchInfo): boolean {
  if (!(info.attributes & TRANSACTIONAL)) return false
  return log.producers.abortedBetween(info.baseOffset, info.lastOffset + 1).some(t => t.producerId === info.producerId)
}

function stays(record: LogRecord, newest: Map<string, number>, settings: CleanerSettings, now: number): boolean {
  if (!record.key) return false
  if (newest.get(digest(record.key)) !== record.offset) return false
  return record.value !== null || now - record.timestamp < settings.deleteRetentionMs
}

function repack(kept: LogRecord[], info: BatchInfo): [Buffer, BatchInfo] {
  const { baseOffset, lastOffset, leaderEpoch } = info
  const batch = buildBatch(kept, {
    baseOffset,
    lastOffset,
    leaderEpoch,
    producerId: info.producerId,
    producerEpoch: info.producerEpoch,
    baseSequence: info.baseSequence,
  })
  return [
    batch,
    { ...info, size: batch.length, attributes: 0, recordsCount: kept.length, maxTimestamp: Math.max(...kept.map(r => r.timestamp)) },
  ]
}
