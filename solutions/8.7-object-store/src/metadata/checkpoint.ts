import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { FileSystem } from '../storage/file-system.ts'
import type { Namespace } from './namespace.ts'
import type { Edit } from './types.ts'

/**
 * A checkpoint `checkpoint-<txid>`: the edits that build the state as it was after that transaction, one JSON document a line,
 * then one line `{"lines":…,"crc":…}`. It is written under another name, synced, and renamed: a checkpoint is whole or not there.
 */
const NAME = /^checkpoint-(\d{16})$/
const BATCH = 1024 * 1024

/** The transaction ids of the checkpoints among these names, ascending. */
export function checkpointTxids(names: readonly string[]): number[] {
  return names
    .flatMap(name => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/** The file name of a checkpoint. */
export function checkpointName(txid: number): string {
  return `checkpoint-${String(txid).padStart(16, '0')}`
}

/** The edits that build this state. Taken at once, without copying the records: records are never changed in place. */
export function snapshot(namespace: Namespace): Edit[] {
  const edits: Edit[] = []
  for (const bucket of namespace.buckets.values()) {
    edits.push({ op: 'put-bucket', bucket: bucket.record })
    const name = bucket.record.name
    for (const [key, versions] of bucket.keys.entries()) {
      for (let i = versions.length - 1; i >= 0; i--) edits.push({ op: 'put-version', bucket: name, key, version: versions[i]! })
    }
  }
  for (const { upload, parts } of namespace.uploads.values()) {
    edits.push({ op: 'create-upload', upload })
    for (const part of parts.values()) edits.push({ op: 'put-part', uploadId: upload.uploadId, part })
  }
  return edits
}

/** Writes a checkpoint durably. */
export async function writeCheckpoint(fs: FileSystem, directory: string, txid: number, edits: readonly Edit[]): Promise<void> {
  const path = join(directory, checkpointName(txid))
  const unfinished = `${path}.unfinished`
  await fs.remove(unfinished).catch(() => {})
  const file = await fs.create(unfinished)
  try {
    let position = 0
    let crc = 0
    let batch: string[] = []
    let batched = 0
    const flush = async () => {
      const bytes = Buffer.from(batch.join(''))
      crc = crc32(bytes, crc)
      await file.write([bytes], position)
      position += bytes.length
      batch = []
      batched = 0
    }
    for (const edit of edits) {
      const line = `${JSON.stringify(edit)}\n`
      batch.push(line)
      batched += line.length
      if (batched >= BATCH) await flush()
    }
    await flush()
    await file.write([Buffer.from(`${JSON.stringify({ lines: edits.length, crc })}\n`)], position)
    await file.sync()
  } finally {
    await file.close()
  }
  await fs.rename(unfinished, path)
  await fs.syncDirectory(directory)
}

/** Feeds a checkpoint's edits to `onEdit`. Throws where it is damaged. */
export async function readCheckpoint(fs: FileSystem, directory: string, txid: number, onEdit: (edit: Edit) => void): Promise<void> {
  const path = join(directory, checkpointName(txid))
  const size = await fs.size(path)
  const file = await fs.open(path, 'read')
  let rest = Buffer.alloc(0)
  let crc = 0
  let lines = 0
  let last: string | undefined
  const damaged = () => new Error(`${path} is damaged: restore it from a copy of the data directory`)
  const feed = (line: string) => {
    try {
      onEdit(JSON.parse(line) as Edit)
    } catch {
      throw damaged()
    }
  }
  try {
    for (let position = 0; position < size; position += BATCH) {
      const data = Buffer.concat([rest, await file.read(position, Math.min(BATCH, size - position))])
      let start = 0
      for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
        // Each line is handed on when the next one is there: the last line is the footer.
        if (last !== undefined) {
          crc = crc32(`${last}\n`, crc)
          feed(last)
          lines++
        }
        last = data.toString('utf8', start, end)
        start = end + 1
      }
      rest = data.subarray(start)
    }
  } finally {
    await file.close()
  }
  if (last !== JSON.stringify({ lines, crc })) throw damaged()
}
