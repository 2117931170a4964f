import path from 'node:path'
import { type Disk, replaceFile } from './disk.ts'
import type { ProducerSnapshot } from './producer-state.ts'

/**
 * What a partition believes without looking: everything before `offset` is on the device, and this is the state at that point.
 * Recovery reads the log only from here on. After a clean stop the checkpoint is the end of the log, so nothing is read at all.
 */
export interface Checkpoint {
  version: 1
  logStartOffset: number
  /** The segment and the position in it where reading must begin, and the offset there. */
  segment: number
  position: number
  offset: number
  /** [epoch, first offset written under it], ascending. */
  epochs: [number, number][]
  producers: ProducerSnapshot
}

const fileOf = (directory: string) => path.join(directory, 'checkpoint.json')

/** The checkpoint of a partition directory; null when there is none or it cannot be read (then the whole log is read). */
export function readCheckpoint(disk: Disk, directory: string): Checkpoint | null {
  const content = disk.readFile(fileOf(directory))
  if (!content) return null
  try {
    const parsed = JSON.parse(content.toString()) as Checkpoint
    return parsed.version === 1 ? parsed : null
  } catch {
    return null
  }
}

/** Writes it atomically. The caller has synced the log up to `position` before. */
export function writeCheckpoint(disk: Disk, directory: string, checkpoint: Checkpoint): Promise<void> {
  return replaceFile(disk, fileOf(directory), JSON.stringify(checkpoint))
}
