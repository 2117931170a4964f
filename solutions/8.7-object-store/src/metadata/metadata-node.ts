import { join } from 'node:path'
import type { FileSystem } from '../storage/file-system.ts'
import { checkpointName, checkpointTxids, readCheckpoint, snapshot, writeCheckpoint } from './checkpoint.ts'
import { EditLog, readFrames, segmentName, segmentStarts } from './edit-log.ts'
import { KeyedLock, SharedLock } from './locks.ts'
import { type ChunkAccount, Namespace } from './namespace.ts'
import type { Edit } from './types.ts'

/** A checkpoint is written when the log since the last one is longer than this. */
const CHECKPOINT_AFTER = 64 * 1024 * 1024

/**
 * The metadata node: the namespace in memory, the edit log and the checkpoints it can be rebuilt from
 * (the NameNode of "The Hadoop Distributed File System", Shvachko et al., MSST 2010).
 *
 * Order of a write: data chunks synced → edit logged and synced → applied in memory → acknowledged. So nothing can be read that
 * a power failure could take back, and every chunk that metadata refers to is on disk.
 */
export class MetadataNode {
  readonly namespace: Namespace
  private readonly fs: FileSystem
  private readonly directory: string
  private readonly log: EditLog
  private readonly keyLock = new KeyedLock()
  private readonly bucketLocks = new Map<string, SharedLock>()
  private checkpointing: Promise<void> | undefined

  private constructor(fs: FileSystem, directory: string, namespace: Namespace, txid: number) {
    this.fs = fs
    this.directory = directory
    this.namespace = namespace
    this.log = new EditLog(fs, directory, txid, edit => namespace.apply(edit))
  }

  /** Rebuilds the namespace from the newest checkpoint and the log behind it; cuts off a torn tail. Throws where either is damaged. */
  static async open(fs: FileSystem, directory: string, account: ChunkAccount): Promise<MetadataNode> {
    const names = await fs.list(directory)
    for (const name of names) if (name.endsWith('.unfinished')) await fs.remove(join(directory, name))
    const namespace = new Namespace(account)
    let txid = checkpointTxids(names).at(-1) ?? 0
    if (txid > 0) await readCheckpoint(fs, directory, txid, edit => namespace.apply(edit))
    const starts = segmentStarts(names)
    for (const [index, start] of starts.entries()) {
      const isLast = index === starts.length - 1
      const path = join(directory, segmentName(start))
      txid = await replay(fs, path, isLast, txid, edit => namespace.apply(edit))
      if ((await fs.size(path)) === 0) await fs.remove(path) // its name is that of the segment to come
    }
    return new MetadataNode(fs, directory, namespace, txid)
  }

  /** Makes an edit durable and applies it. The caller holds the lock under which it checked that the edit is valid. */
  async commit(edit: Edit): Promise<void> {
    await this.log.append(edit)
    if (this.log.size > CHECKPOINT_AFTER) this.checkpoint().catch(() => {}) // the log is still there: the next one tries again
  }

  /** Runs a task that changes one key (or upload) of a bucket. Tasks on other keys run beside it; no bucket change does. */
  withKey<T>(bucket: string, key: string, task: () => Promise<T>): Promise<T> {
    return this.withBucketLock(bucket, 'shared', () => this.keyLock.run(`${bucket}/${key}`, task))
  }

  /** Runs a task alone in its bucket: creation, deletion, change of versioning. */
  withBucket<T>(bucket: string, task: () => Promise<T>): Promise<T> {
    return this.withBucketLock(bucket, 'exclusive', task)
  }

  /** Runs a task that changes an upload's parts. */
  withUpload<T>(bucket: string, uploadId: string, task: () => Promise<T>): Promise<T> {
    return this.withBucketLock(bucket, 'shared', () => this.keyLock.run(uploadId, task))
  }

  /** Runs a task that turns an upload into a version of a key. */
  withKeyAndUpload<T>(bucket: string, key: string, uploadId: string, task: () => Promise<T>): Promise<T> {
    return this.withKey(bucket, key, () => this.keyLock.run(uploadId, task))
  }

  /** Writes a checkpoint and removes the log and the checkpoints that it replaces. */
  checkpoint(): Promise<void> {
    this.checkpointing ??= this.writeCheckpoint().finally(() => (this.checkpointing = undefined))
    return this.checkpointing
  }

  async close(): Promise<void> {
    await this.checkpointing?.catch(() => {})
    await this.log.close()
  }

  private async writeCheckpoint(): Promise<void> {
    const { txid, edits } = await this.log.roll(last => ({ txid: last, edits: snapshot(this.namespace) }))
    const names = await this.fs.list(this.directory)
    if (txid === 0 || names.includes(checkpointName(txid))) return
    await writeCheckpoint(this.fs, this.directory, txid, edits)
    for (const start of segmentStarts(names)) if (start <= txid) await this.fs.remove(join(this.directory, segmentName(start)))
    for (const old of checkpointTxids(names)) if (old < txid) await this.fs.remove(join(this.directory, checkpointName(old)))
  }

  private async withBucketLock<T>(bucket: string, mode: 'shared' | 'exclusive', task: () => Promise<T>): Promise<T> {
    let lock = this.bucketLocks.get(bucket)
    if (!lock) this.bucketLocks.set(bucket, (lock = new SharedLock()))
    try {
      return await lock.run(mode, task)
    } finally {
      if (lock.idle && this.bucketLocks.get(bucket) === lock) this.bucketLocks.delete(bucket)
    }
  }
}

/** Replays one segment behind `after`; returns the last transaction. Only the last segment may end in a torn frame. */
async function replay(fs: FileSystem, path: string, isLast: boolean, after: number, apply: (edit: Edit) => void): Promise<number> {
  const size = await fs.size(path)
  const file = await fs.open(path, isLast ? 'read-write' : 'read')
  try {
    let txid = after
    const good = await readFrames(file, size, (id, edit) => {
      if (id <= txid) return // the checkpoint has it
      if (id !== txid + 1) throw new Error(`${path}: transaction ${id} follows ${txid}: a segment of the edit log is missing`)
      apply(edit)
      txid = id
    })
    if (good === size) return txid
    if (!isLast) throw new Error(`${path} is damaged at byte ${good}, and the log goes on in a later segment: restore it from a copy`)
    await file.truncate(good)
    await file.sync()
    return txid
  } finally {
    await file.close()
  }
}
