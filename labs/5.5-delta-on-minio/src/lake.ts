/** Where the tables are, as the Delta library wants it. Given: not yours to change. */
import { S3Client } from '@aws-sdk/client-s3'
import type { StoreConfig } from './config.ts'
import { type ObjectStore, S3Store } from './delta/index.ts'

/**
 * The store of a table by its name.
 * @example const table = await DeltaTable.open(lakeOf(config)('shipments'))
 */
export function lakeOf({ endpoint, accessKey, secretKey, region, bucket }: StoreConfig): (table: string) => ObjectStore {
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 5 })
  return table => new S3Store(client, bucket, table)
}
