import type { Log } from './log.ts'
import { readRecords } from './records.ts'
import type { Segment } from './segment.ts'

/** A record's place in time. */
export interface TimeAndOffset {
  timestamp: number
  offset: number
}

/**
 * The first record at or after `timestamp`; null when there is none. The time index leads near it, batch headers to the batch,
 * the records to the record. In batches that cannot be opened here (snappy, lz4) the batch's first offset is given: never too late.
 */
export function lookupTime(log: Log, timestamp: number): TimeAndOffset | null {
  for (const [i, segment] of log.segments.entries()) {
    if (segment.maxTimestamp < timestamp) continue
    const next = log.segments[i + 1]?.baseOffset ?? log.nextOffset
    if (next <= log.logStartOffset) continue
    const found = inSegment(log, segment, timestamp)
    if (found) return found
  }
  return null
}

function inSegment(log: Log, segment: Segment, timestamp: number): TimeAndOffset | null {
  const before = segment.timeIndex.floor(timestamp - 1)
  const from = Math.max(log.logStartOffset, before ? segment.baseOffset + before[1] : segment.baseOffset)
  for (const [info, position] of segment.walk(segment.locate(from))) {
    if (info.maxTimestamp < timestamp) continue
    const records = readRecords(segment.read(position, info.size))
    if (!records) return { timestamp: info.maxTimestamp, offset: Math.max(info.baseOffset, log.logStartOffset) }
    const found = records.find(r => r.timestamp >= timestamp && r.offset >= log.logStartOffset)
    if (found) return { timestamp: found.timestamp, offset: found.offset }
  }
  return null
}

/** The first record with the greatest time; null in an empty log. */
export function lookupMaxTime(log: Log): TimeAndOffset | null {
  const greatest = Math.max(-1, ...log.segments.map(s => s.maxTimestamp))
  return greatest < 0 ? null : lookupTime(log, greatest)
}
