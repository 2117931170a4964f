/** For tests: broker, registry, database and worker of one run, and what is in a topic as JSON. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IHeaders } from 'kafkajs'
import { startEmbedded } from '../../../engines/embedded/index.ts'
import { openRunDir } from '../../../process/run.ts'
import { openKafka } from '../../kafka/fixture.ts'
import { openPostgres } from '../../postgres/fixture.ts'
import { openRegistry } from '../../registry/fixture.ts'
import { openConnect } from '../fixture.ts'
import { forget } from '../reset.ts'

export interface Message {
  offset: number
  partition: number
  key: Buffer | null
  value: Buffer | null
  headers: IHeaders | undefined
}

/** A Debezium event as far as tests look at it. */
export interface Event {
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  op: string
  ts_ms: number
  source: {
    lsn: number
    txId: number
    snapshot: string
    schema: string
    table: string
    ts_ms: number
    sequence: string
    name: string
    db: string
  }
}

export async function startPipeline() {
  const run = openRunDir()
  const names = ['kafka', 'registry', 'postgres', 'connect'] as const
  const engine = await startEmbedded(names, { runId: run.id, runDir: run.dir })
  const at = (name: string) => engine.endpoints.find(({ service }) => service === name)!
  const kafka = await openKafka(at('kafka'), 'connect-test')
  const registry = await openRegistry(at('registry'))
  const postgres = await openPostgres(at('postgres'), 'connect-test', { replication: true })
  const connect = await openConnect(at('connect'))
  let made = 0

  /** Everything in a topic now. */
  async function read(topic: string): Promise<Message[]> {
    const high = (await kafka.admin.fetchTopicOffsets(topic)).map(({ partition, high: end, low }) => ({ partition, end: Number(end), low: Number(low) })) // biome-ignore format: one line
    let missing = high.filter(({ end, low }) => end > low).length
    if (missing === 0) return []
    const messages: Message[] = []
    const consumer = kafka.client.consumer({ groupId: `${kafka.topicPrefix}read-${randomBytes(3).toString('hex')}`, maxWaitTimeInMs: 50 })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    const done = Promise.withResolvers<void>()
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const { offset, key, value, headers } of batch.messages)
          messages.push({ offset: Number(offset), partition: batch.partition, key, value, headers })
        if (Number(batch.lastOffset()) >= high.find(({ partition }) => partition === batch.partition)!.end - 1 && --missing === 0)
          done.resolve()
      },
    })
    await done.promise
    await consumer.disconnect()
    return messages.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
  }

  /** Messages in a topic; 0 while there is none. */
  async function count(topic: string): Promise<number> {
    if (!(await kafka.admin.listTopics()).includes(topic)) return 0
    return (await kafka.admin.fetchTopicOffsets(topic)).reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
  }

  const payload = (bytes: Buffer | null) => {
    const json = bytes && JSON.parse(bytes.toString())
    return json?.schema !== undefined ? json.payload : json
  }

  return {
    ...{ engine, kafka, registry, postgres, connect, read, count },
    /** What the worker has said. */
    logs: () => readFileSync(join(run.dir, 'services-1', 'connect.log'), 'utf8'),
    /** Keys and values of JSON messages; null for a tombstone. */
    events: async (topic: string) =>
      (await read(topic)).map(({ key, value }) => ({ key: payload(key) as Record<string, unknown> | null, event: payload(value) as Event | null })), // biome-ignore format: one line
    /** A PostgreSQL source with its own prefix and slot. */
    source(more: Record<string, string> = {}) {
      const id = `${++made}`
      const prefix = `${kafka.topicPrefix}db${id}`
      const config: Record<string, string> = {
        'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
        'topic.prefix': prefix,
        'database.hostname': postgres.host,
        'database.port': String(postgres.port),
        'database.user': postgres.user,
        'database.password': postgres.password,
        'database.dbname': postgres.database,
        'plugin.name': 'pgoutput',
        'slot.name': `${kafka.topicPrefix}${id}`.toLowerCase(),
        'publication.name': `pub_${id}`,
        'publication.autocreate.mode': 'filtered',
        ...more,
      }
      return { name: `${kafka.topicPrefix}source${id}`, prefix, config }
    },
    create: (name: string, config: Record<string, string>) => connect.ask<Record<string, unknown>>('/connectors', 'POST', { name, config }),
    /** The state of a connector's task, and why it failed. */
    async state(name: string): Promise<string> {
      const { body } = await connect.ask<{ tasks?: { state: string; trace?: string }[] }>(`/connectors/${name}/status`)
      return body.tasks?.map(({ state, trace }) => state + (trace ? `: ${trace}` : '')).join() ?? JSON.stringify(body)
    },
    /** Ends all connectors and drops their slots: the server has ten. */
    async clear() {
      await forget(connect.url, () => true)
      const { rows } = await postgres.admin.query<{ slot: string }>('SELECT slot_name AS slot FROM pg_replication_slots WHERE NOT active')
      for (const { slot } of rows) await postgres.admin.query('SELECT pg_drop_replication_slot($1)', [slot])
    },
    async close() {
      await connect.close()
      await postgres.close()
      await registry.close()
      await kafka.close()
      await engine.stop()
      await run.close()
    },
  }
}
