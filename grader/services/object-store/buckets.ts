import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3'

/** A client of the store at `url`. */
export const s3Client = (url: string, accessKeyId: string, secretAccessKey: string): S3Client =>
  new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } })

/** Deletes the buckets whose names begin with `prefix`, with every version in them and every upload that was begun. */
export async function deleteBuckets(s3: S3Client, prefix: string): Promise<void> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}))
  for (const { Name = '' } of Buckets) {
    if (!Name.startsWith(prefix)) continue
    await empty(s3, Name)
    await s3.send(new DeleteBucketCommand({ Bucket: Name }))
  }
}

async function empty(s3: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }))
    if (Objects.length === 0) break
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
  }
  for (;;) {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }))
    if (Uploads.length === 0) break
    for (const { Key, UploadId } of Uploads) await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
  }
}
