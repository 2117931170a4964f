/**
 * One of many writers to one table, killed at any moment. An appender adds rows (its name/n, 1); a merger counts up the row of its
 * name and the row `all`. Prints a line for every commit that was acknowledged.
 * arguments: endpoint, append|merge, name, first n, last n.
 */
import { DeltaTable, type InputRow, type Row, S3Store } from '../../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { s3Client } from '../support/s3-lite.ts'

const [endpoint, mode, writer, first, last] = process.argv.slice(2)
const client = s3Client(endpoint!)
const table = await DeltaTable.open(new S3Store(client, 'lake', 'counted'))
const add = (source: InputRow, target: Row): InputRow => ({ ...target, count: (target['count'] as bigint) + (source['count'] as bigint) })
for (let n = Number(first); n <= Number(last); n++) {
  const txn = { appId: writer!, version: n }
  const one = (key: string): InputRow => ({ key, count: 1n })
  const { version, committed } =
    mode === 'append'
      ? await table.append([one(`${writer}/${n}`)], { txn })
      : await table.merge([one(writer!), one('all')], { on: ['key'], txn, whenMatched: add })
  process.stdout.write(`${JSON.stringify({ n, version, committed })}\n`)
}
client.destroy()
