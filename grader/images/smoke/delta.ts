import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

interface Action {
  add?: { path: string }
  remove?: { path: string }
}

/** The rows of a Delta table, read by other code than what wrote it: the log's JSON files replayed, the files that remain read. For small tables without a checkpoint or partitions. */
export async function readDelta(client: S3Client, bucket: string, table: string): Promise<Record<string, unknown>[]> {
  const bytes = async (key: string) => (await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body!.transformToByteArray()
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: `${table}/_delta_log/` }))
  const commits = Contents.map(({ Key }) => Key!).filter(key => /\/\d{20}\.json$/.test(key))
  const files = new Set<string>()
  for (const key of commits.sort())
    for (const line of Buffer.from(await bytes(key))
      .toString()
      .trim()
      .split('\n')) {
      const { add, remove } = JSON.parse(line) as Action
      if (add) files.add(add.path)
      if (remove) files.delete(remove.path)
    }
  const rows: Record<string, unknown>[] = []
  for (const path of files) {
    const file = await bytes(`${table}/${decodeURIComponent(path)}`)
    rows.push(...(await parquetReadObjects({ file: file.slice().buffer, compressors })))
  }
  return rows
}
