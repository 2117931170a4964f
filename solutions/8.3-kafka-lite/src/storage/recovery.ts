import path from 'node:path'
import { type Checkpoint, readCheckpoint } from './checkpoint.ts'
import type { Handles } from './handles.ts'
import { Log, type LogConfig } from './log.ts'
import { Segment } from './segment.ts'

/** What recovery did; shown in metrics and logged when something was cut. */
export interface Recovery {
  log: Log
  scannedBytes: number
  truncatedBytes: number
}

/**
 * Opens a partition's log. Segments before the checkpoint are believed; from the checkpoint on each batch is read and its checksum
 * compared; at the first that is torn or harmed the log is cut, and later segments are removed. Cost: what was written since the
 * last checkpoint, nothing after a clean stop.
 */
export function openLog(directory: string, handles: Handles, config: () => LogConfig, now: number): Recovery {
  const log = new Log(directory, handles, config)
  const names = handles.disk.list(directory)
  for (const name of names) if (name.endsWith('.cleaned') || name.endsWith('.tmp')) handles.disk.remove(path.join(directory, name))
  const bases = names.filter(n => /^\d{20}\.log$/.test(n)).map(n => Number(n.slice(0, 20)))
  bases.sort((a, b) => a - b)
  const result: Recovery = { log, scannedBytes: 0, truncatedBytes: 0 }
  if (bases.length === 0) {
    const checkpoint = readCheckpoint(handles.disk, directory)
    if (checkpoint) log.logStartOffset = log.nextOffset = checkpoint.offset
    return result
  }

  const written = readCheckpoint(handles.disk, directory)
  const checkpoint = trusted(written, bases, directory, handles)
  log.logStartOffset = Math.max(bases[0]!, written?.logStartOffset ?? 0)
  log.nextOffset = checkpoint?.offset ?? bases[0]!
  log.epochs.entries = checkpoint?.epochs.slice() ?? []
  if (checkpoint) log.producers.restore(checkpoint.producers)

  for (const [i, base] of bases.entries()) {
    const segment = new Segment(directory, base, handles, now)
    if (checkpoint && base < checkpoint.segment) {
      const indexed = [segment.offsetIndex, segment.timeIndex].every(index => names.includes(path.basename(index.file)))
      if (indexed) segment.attach()
      else segment.rebuildIndexes()
      log.segments.push(segment)
      continue
    }
    // A gap or overlap means that the file before lost its end: what follows cannot be continued.
    if (result.truncatedBytes > 0 || (base !== checkpoint?.segment && base < log.nextOffset)) {
      result.truncatedBytes += handles.get(segment.file).size()
      segment.remove()
      continue
    }
    recoverSegment(log, segment, checkpoint, i === bases.length - 1, result)
  }
  log.epochs.truncate(log.nextOffset)
  log.logStartOffset = Math.min(log.logStartOffset, log.nextOffset)
  log.adopt(checkpoint)
  return result
}

/** A checkpoint that points behind the end of a file, or into one that is gone, is not believed: then everything is read. */
function trusted(checkpoint: Checkpoint | null, bases: number[], directory: string, handles: Handles): Checkpoint | null {
  if (!checkpoint || !bases.includes(checkpoint.segment)) return null
  const name = `${String(checkpoint.segment).padStart(20, '0')}.log`
  return handles.get(path.join(directory, name)).size() >= checkpoint.position ? checkpoint : null
}

function recoverSegment(log: Log, segment: Segment, checkpoint: Checkpoint | null, last: boolean, result: Recovery): void {
  const fileSize = log.handles.get(segment.file).size()
  const start = checkpoint?.segment === segment.baseOffset ? checkpoint.position : 0
  segment.offsetIndex.load((_, position) => position < start)
  segment.timeIndex.load((_, relative) => segment.baseOffset + relative < log.nextOffset)
  segment.size = start
  segment.maxTimestamp = segment.timeIndex.last()?.[0] ?? -1
  for (const [info, batch] of segment.intact(start, fileSize)) {
    if (info.baseOffset < log.nextOffset) break
    segment.track(info)
    log.account(batch, info, segment.createdAt)
  }
  result.scannedBytes += segment.size - start
  log.uncheckpointedBytes += segment.size - start
  if (segment.size < fileSize) {
    result.truncatedBytes += fileSize - segment.size
    segment.truncate(segment.size)
  }
  if (!last) segment.seal()
  log.segments.push(segment)
}
