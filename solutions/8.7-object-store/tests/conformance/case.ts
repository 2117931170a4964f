import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { RawRequest, RawResponse } from '../support/raw-client.ts'

/** What a case has to work with: a server, and a bucket of its own on it. */
export interface Context {
  readonly s3: S3Client
  readonly url: string
  readonly bucket: string
  readonly raw: (request: RawRequest) => Promise<RawResponse>
}

/** A case does something on a server and returns what a client sees of it, as plain data. */
export interface Case {
  readonly name: string
  readonly run: (context: Context) => Promise<unknown>
  /** What S3 answers, by Amazon's documentation. */
  readonly expected: unknown
  /** Peers that are known to answer otherwise, and why we do not follow them. */
  readonly differs?: Readonly<Partial<Record<'minio' | 'versitygw', string>>>
}

/** The outcome of a call: what `pick` takes of it, or the error's code and status. */
export async function outcome<T>(call: Promise<T>, pick: (value: T) => unknown = () => 'ok'): Promise<unknown> {
  try {
    return pick(await call)
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } }
    if (!$metadata) throw error
    return `${$metadata.httpStatusCode} ${name}`
  }
}

/** Status and error code of a raw answer. */
export function brief(response: RawResponse): string {
  return response.code ? `${response.status} ${response.code}` : String(response.status)
}

/** PutObject with few words. */
export function put({ s3, bucket }: Context, Key: string, Body: string | Uint8Array = 'x', more: Partial<PutObjectCommandInput> = {}) {
  // The SDK takes an empty text for no body at all, and warns that its length is unknown.
  const length = Body.length === 0 ? { ContentLength: 0 } : {}
  return s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...length, ...more }))
}

/** GetObject with few words: the body as text. */
export async function get({ s3, bucket }: Context, Key: string, more: Partial<GetObjectCommandInput> = {}): Promise<string> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key, ...more }))
  return (await answer.Body?.transformToString()) ?? ''
}

/** HeadObject with few words. */
export function head({ s3, bucket }: Context, Key: string, more: object = {}) {
  return s3.send(new HeadObjectCommand({ Bucket: bucket, Key, ...more }))
}

/** Switches versioning on, or suspends it. */
export function versioning({ s3, bucket }: Context, Status: 'Enabled' | 'Suspended') {
  return s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }))
}

/** Makes a bucket for a case. */
export async function makeBucket(s3: S3Client, bucket: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
}

/** Removes a bucket with all versions in it. */
export async function removeBucket(s3: S3Client, bucket: string): Promise<void> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }))
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }))
  await s3.send(new DeleteBucketCommand({ Bucket: bucket }))
}
