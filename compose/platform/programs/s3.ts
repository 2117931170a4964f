/** The object store, as the platform's programs reach it. */
import { S3Client } from '@aws-sdk/client-s3'
import { need } from './environment.ts'

/** A client that addresses buckets by path, as MinIO and every store on a loopback port want it. */
export const s3Client = (): S3Client =>
  new S3Client({
    endpoint: need('S3_ENDPOINT'),
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: need('S3_ACCESS_KEY'), secretAccessKey: need('S3_SECRET_KEY') },
    maxAttempts: 5,
  })
