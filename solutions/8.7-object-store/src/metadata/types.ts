import type { ChunkRef } from '../storage/chunk-codec.ts'

/** Checksum algorithms of S3, by the names of the `x-amz-checksum-algorithm` header. */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256'

/** A stored checksum. `COMPOSITE` is a checksum over the parts' checksums, with `-<parts>` behind the value. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  readonly type: 'FULL_OBJECT' | 'COMPOSITE'
  /** Base64. */
  readonly value: string
}

/** What a client says about an object besides its bytes. */
export interface Description {
  /** content-type and its like, by lower-case header name. */
  readonly headers: Readonly<Record<string, string>>
  /** User metadata, by name without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

/** One version of an object. Never changed in place: a change is a new record, so that a checkpoint can hold on to the old one. */
export interface ObjectVersion extends Description {
  /** `null` (the word) for what is written while versioning is not enabled. */
  readonly versionId: string
  /** Milliseconds since 1970. */
  readonly modified: number
  readonly deleteMarker: boolean
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  readonly checksum?: Checksum
  /** Sizes and checksums of the parts of a multipart object, in order. */
  readonly parts?: readonly { readonly number: number; readonly size: number; readonly checksum?: string }[]
  /** The upload this came from: a repeated CompleteMultipartUpload is answered from it. */
  readonly uploadId?: string
  readonly chunks: readonly ChunkRef[]
}

/** One uploaded part. */
export interface Part {
  readonly number: number
  readonly modified: number
  readonly size: number
  readonly etag: string
  /** Base64, in the upload's algorithm. */
  readonly checksum?: string
  readonly chunks: readonly ChunkRef[]
}

/** A multipart upload in progress. */
export interface Upload extends Description {
  readonly uploadId: string
  readonly bucket: string
  readonly key: string
  readonly initiated: number
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: Checksum['type'] }
}

/** Versioning of a bucket; `Off` until it is set for the first time. */
export type Versioning = 'Off' | 'Enabled' | 'Suspended'

/** What the log says of a bucket. */
export interface BucketRecord {
  readonly name: string
  readonly created: number
  readonly versioning: Versioning
  readonly tags?: Readonly<Record<string, string>>
}

/** The edits of the log. Each is one atomic step: after a crash it has happened or it has not. */
export type Edit =
  | { readonly op: 'put-bucket'; readonly bucket: BucketRecord }
  | { readonly op: 'delete-bucket'; readonly bucket: string }
  /** Puts a version on top; the version of the same id, where there is one, goes. */
  | { readonly op: 'put-version'; readonly bucket: string; readonly key: string; readonly version: ObjectVersion }
  /** Replaces a version where it stands (tags, moved chunks). */
  | { readonly op: 'change-version'; readonly bucket: string; readonly key: string; readonly version: ObjectVersion }
  | { readonly op: 'delete-version'; readonly bucket: string; readonly key: string; readonly versionId: string }
  | { readonly op: 'create-upload'; readonly upload: Upload }
  | { readonly op: 'put-part'; readonly uploadId: string; readonly part: Part }
  /** The version's chunks are those of the named parts; parts that are not named are dropped with the upload. */
  | { readonly op: 'complete-upload'; readonly uploadId: string; readonly parts: readonly number[]; readonly version: ObjectVersion }
  | { readonly op: 'abort-upload'; readonly uploadId: string }
