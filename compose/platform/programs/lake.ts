/**
 * The lake's writer of readings and alerts: Delta tables, exactly one row a key. A batch is one MERGE by key: what a restart delivers
 * again changes nothing. Offsets are committed when the batch is in the table. Compaction and report are asked for by the scheduler, and run
 * here, so that the stream's writer is the only one.
 * env: KAFKA_BROKERS, REGISTRY_URL, S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, PORT (GET /health, POST /jobs/compact, POST /jobs/report)
 */
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { EachBatchPayload } from 'kafkajs'
import type { DeltaTable, InputRow } from '../../../labs/5.5-delta-on-minio/src/delta/index.ts'
import { say } from './environment.ts'
import { fenced } from './fence.ts'
import { serve } from './http.ts'
import { decode, kafka } from './kafka.ts'
import { LAKE, openTable, rowOf, shipmentsVersion } from './lake-tables.ts'
import { LAKE_BUCKET } from './names.ts'
import { s3Client } from './s3.ts'

const tables = new Map<string, DeltaTable>()
for (const name of Object.keys(LAKE)) tables.set(name, await openTable(name))
const byTopic = new Map(Object.entries(LAKE).map(([name, { topic }]) => [topic, name]))

/** One writer at a time for a table: partitions of a topic would only run into each other's commits. */
const turns = new Map<string, Promise<unknown>>()
function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(name) ?? Promise.resolve()).then(work)
  turns.set(
    name,
    turn.catch(() => {}),
  )
  return turn
}

async function write({ batch, resolveOffset, heartbeat }: EachBatchPayload): Promise<void> {
  const name = byTopic.get(batch.topic)!
  const spec = LAKE[name]!
  // A record that came twice is one row.
  const rows = new Map<string, InputRow>()
  for (const { value } of batch.messages) {
    const record = await decode(value)
    if (!record) continue
    const row = rowOf(spec, record)
    rows.set(JSON.stringify(spec.key.map(key => row[key])), row)
  }
  if (rows.size > 0) {
    const { version } = await inTurn(name, () => tables.get(name)!.merge([...rows.values()], { on: [...spec.key] }))
    say('merged', { table: name, rows: rows.size, version })
  }
  resolveOffset(batch.lastOffset())
  await heartbeat()
}

const s3 = s3Client()
const JOBS: Record<string, () => Promise<unknown>> = {
  /** Small files together; no row changes. */
  async compact() {
    const done: Record<string, unknown> = {}
    for (const [name, table] of tables) done[name] = (await inTurn(name, () => table.optimize())).metrics
    return done
  },
  /** Alerts by day and rule, as an object that is written anew. */
  async report() {
    const counts = new Map<string, number>()
    for await (const row of tables.get('alerts')!.rows()) {
      const key = `${String(row['due_at']).slice(0, 10)} ${row['rule']}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    const Body = JSON.stringify({ made_at: new Date().toISOString(), alerts: Object.fromEntries([...counts].sort()) }, null, 2)
    await s3.send(new PutObjectCommand({ Bucket: LAKE_BUCKET, Key: 'reports/alerts.json', Body, ContentType: 'application/json' }))
    return { days: counts.size }
  },
}

const versions = () => Promise.all([...tables].map(async ([name, table]) => [name, (await table.latest()).version] as const))
serve(async (request, url) => {
  if (url.pathname === '/health') {
    const shipments = await shipmentsVersion()
    return { status: 200, body: { ...(shipments === undefined ? {} : { shipments }), ...Object.fromEntries(await versions()) } }
  }
  const job = request.method === 'POST' ? JOBS[/^\/jobs\/(\w+)$/.exec(url.pathname)?.[1] ?? ''] : undefined
  return job && (await fenced(request, job))
})

const consumer = kafka('lake').consumer({ groupId: 'lake', maxWaitTimeInMs: 100, sessionTimeout: 10_000 })
await consumer.connect()
await consumer.subscribe({ topics: [...byTopic.keys()], fromBeginning: true })
await consumer.run({ eachBatchAutoResolve: false, autoCommitInterval: 500, eachBatch: write })
say('ready')
