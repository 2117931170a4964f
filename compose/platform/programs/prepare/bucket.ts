import { CreateBucketCommand, HeadBucketCommand } from '@aws-sdk/client-s3'
import { LAKE_BUCKET } from '../names.ts'
import { s3Client } from '../s3.ts'
import { until } from './until.ts'

/** The bucket of the lake. */
export async function createBucket(): Promise<void> {
  const s3 = s3Client()
  await until('the object store', async () => {
    await s3.send(new HeadBucketCommand({ Bucket: LAKE_BUCKET })).catch(() => s3.send(new CreateBucketCommand({ Bucket: LAKE_BUCKET })))
    return true
  })
  s3.destroy()
}
