import { randomBytes } from 'node:crypto'
import { S3Error } from '../http/errors.ts'
import { param, type S3Request } from '../http/request.ts'
import type { MetadataNode } from '../metadata/metadata-node.ts'
import type { Bucket, UploadState } from '../metadata/namespace.ts'
import type { ObjectVersion } from '../metadata/types.ts'
import type { ChunkStore } from '../storage/chunk-store.ts'

/** What operations work on: the metadata node and the data node. */
export interface Store {
  readonly metadata: MetadataNode
  readonly chunks: ChunkStore
}

/** The request's bucket. Throws `NoSuchBucket`. */
export function bucketOf(store: Store, name: string): Bucket {
  const bucket = store.metadata.namespace.buckets.get(name)
  if (!bucket) throw new S3Error('NoSuchBucket')
  return bucket
}

/** The newest version of a key, a delete marker included. */
export function newestVersion(bucket: Bucket, key: string): ObjectVersion | undefined {
  return bucket.keys.get(key)?.[0]
}

/** The newest version of a key, unless it is a delete marker. */
export function currentVersion(bucket: Bucket, key: string): ObjectVersion | undefined {
  const newest = newestVersion(bucket, key)
  return newest?.deleteMarker ? undefined : newest
}

/**
 * The version that a read is about: the one of `versionId` or the current one. Throws `NoSuchKey`, `NoSuchVersion`, and, for a delete
 * marker that was asked for by its id, `MethodNotAllowed`.
 */
export function readableVersion(bucket: Bucket, key: string, versionId: string | undefined): ObjectVersion {
  const versions = bucket.keys.get(key) ?? []
  if (versionId === undefined) {
    const newest = versions[0]
    if (newest && !newest.deleteMarker) return newest
    throw new S3Error('NoSuchKey', undefined, newest ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': newest.versionId } : {})
  }
  const version = versions.find(candidate => candidate.versionId === versionId)
  if (!version) throw new S3Error('NoSuchVersion')
  if (version.deleteMarker)
    throw new S3Error('MethodNotAllowed', undefined, { 'x-amz-delete-marker': 'true', 'x-amz-version-id': versionId, allow: 'DELETE' })
  return version
}

/** The request's upload. Throws `NoSuchUpload` where it does not exist or belongs to another key. */
export function uploadOf(store: Store, request: S3Request): UploadState {
  const state = store.metadata.namespace.uploads.get(param(request, 'uploadId') ?? '')
  if (!state || state.upload.bucket !== request.bucket || state.upload.key !== request.key) throw new S3Error('NoSuchUpload')
  return state
}

/** The id of a version written now. */
export function newVersionId(bucket: Bucket): string {
  return bucket.record.versioning === 'Enabled' ? newId() : 'null'
}

/** An id that nobody can guess and that is safe in URLs. */
export function newId(): string {
  return randomBytes(24).toString('base64url').replaceAll('-', 'x').replaceAll('_', 'y')
}

/** `x-amz-version-id` for an answer, left out while versioning was never set. */
export function versionHeader(bucket: Bucket, versionId: string): string | undefined {
  return bucket.record.versioning === 'Off' ? undefined : versionId
}
