import type { ChunkRef } from '../storage/chunk-codec.ts'
import { KeyTree } from './key-tree.ts'
import type { BucketRecord, Edit, ObjectVersion, Part, Upload } from './types.ts'

/** A bucket: its record and its key tree. A key's versions are newest first, and never an empty list. */
export interface Bucket {
  record: BucketRecord
  readonly keys: KeyTree<readonly ObjectVersion[]>
}

/** An upload and the parts it has so far. */
export interface UploadState {
  readonly upload: Upload
  readonly parts: Map<number, Part>
}

/** Told about chunks that come into use and go out of use. */
export interface ChunkAccount {
  retain(refs: readonly ChunkRef[]): void
  release(refs: readonly ChunkRef[]): void
}

/**
 * What the metadata node knows: the state that the edit log produces, in memory. `apply` is the only way to change it, it is
 * deterministic, and it never fails for an edit that was valid when it was logged: replaying a log gives the same state again.
 */
export class Namespace {
  readonly buckets = new Map<string, Bucket>()
  readonly uploads = new Map<string, UploadState>()
  private readonly account: ChunkAccount

  constructor(account: ChunkAccount) {
    this.account = account
  }

  /** Applies one edit of the log. Throws on an edit that does not fit the state: then log and state belong to different stores. */
  apply(edit: Edit): void {
    switch (edit.op) {
      case 'put-bucket': {
        const known = this.buckets.get(edit.bucket.name)
        if (known) known.record = edit.bucket
        else this.buckets.set(edit.bucket.name, { record: edit.bucket, keys: new KeyTree() })
        return
      }
      case 'delete-bucket':
        for (const [id, { upload }] of this.uploads) if (upload.bucket === edit.bucket) this.dropUpload(id)
        this.buckets.delete(edit.bucket)
        return
      case 'put-version':
        this.putVersion(edit.bucket, edit.key, edit.version)
        return
      case 'change-version':
        this.changeVersion(edit.bucket, edit.key, edit.version)
        return
      case 'delete-version':
        this.replaceVersions(edit.bucket, edit.key, versions => versions.filter(version => version.versionId !== edit.versionId))
        return
      case 'create-upload':
        this.uploads.set(edit.upload.uploadId, { upload: edit.upload, parts: new Map() })
        return
      case 'put-part': {
        const { parts } = this.uploadState(edit.uploadId)
        this.account.retain(edit.part.chunks)
        this.account.release(parts.get(edit.part.number)?.chunks ?? [])
        parts.set(edit.part.number, edit.part)
        return
      }
      case 'complete-upload': {
        const { upload, parts } = this.uploadState(edit.uploadId)
        const chunks = edit.parts.flatMap(number => parts.get(number)?.chunks ?? [])
        this.putVersion(upload.bucket, upload.key, { ...edit.version, chunks })
        this.dropUpload(edit.uploadId)
        return
      }
      case 'abort-upload':
        this.dropUpload(edit.uploadId)
        return
    }
  }

  /** Every chunk that something refers to, with what refers to it. */
  *references(): Generator<{ readonly name: string; readonly chunks: readonly ChunkRef[] }> {
    for (const bucket of this.buckets.values()) {
      for (const [key, versions] of bucket.keys.entries()) {
        for (const version of versions)
          yield { name: `${bucket.record.name}/${key}?versionId=${version.versionId}`, chunks: version.chunks }
      }
    }
    for (const { upload, parts } of this.uploads.values()) {
      for (const part of parts.values())
        yield { name: `${upload.bucket}/${upload.key}?uploadId=${upload.uploadId}&partNumber=${part.number}`, chunks: part.chunks }
    }
  }

  private putVersion(bucket: string, key: string, version: ObjectVersion): void {
    this.replaceVersions(bucket, key, versions => [version, ...versions.filter(other => other.versionId !== version.versionId)])
  }

  private changeVersion(bucket: string, key: string, version: ObjectVersion): void {
    this.replaceVersions(bucket, key, versions => versions.map(other => (other.versionId === version.versionId ? version : other)))
  }

  private replaceVersions(bucketName: string, key: string, change: (versions: readonly ObjectVersion[]) => readonly ObjectVersion[]): void {
    const bucket = this.buckets.get(bucketName)
    if (!bucket) throw new Error(`edit for the bucket '${bucketName}', which does not exist at this point of the log`)
    const before = bucket.keys.get(key) ?? []
    const after = change(before)
    for (const version of after) if (!before.includes(version)) this.account.retain(version.chunks)
    for (const version of before) if (!after.includes(version)) this.account.release(version.chunks)
    if (after.length > 0) bucket.keys.set(key, after)
    else bucket.keys.delete(key)
  }

  private dropUpload(uploadId: string): void {
    for (const part of this.uploads.get(uploadId)?.parts.values() ?? []) this.account.release(part.chunks)
    this.uploads.delete(uploadId)
  }

  private uploadState(uploadId: string): UploadState {
    const state = this.uploads.get(uploadId)
    if (!state) throw new Error(`edit for the upload '${uploadId}', which does not exist at this point of the log`)
    return state
  }
}
