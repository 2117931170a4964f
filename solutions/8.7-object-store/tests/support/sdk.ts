import { S3Client } from '@aws-sdk/client-s3'
import { ROOT } from './servers.ts'

/** The AWS SDK, as it comes, for a server. */
export function sdk(url: string, credentials: { accessKey: string; secretKey: string } = ROOT): S3Client {
  return new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: credentials.accessKey, secretAccessKey: credentials.secretKey },
  })
}
