/** The learner's connector on Fjordline's tables: set up by their SQL, registered by their configuration. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type Followed, follow } from '../../../experiments/streams/follow.ts'
import { eventually, fail } from '../../../kpi/index.ts'
import type { KpiFixtures } from '../../../kpi/types.ts'

/** The services that every KPI with a connector uses. */
export type Parts = Pick<KpiFixtures, 'learner' | 'postgres' | 'kafka' | 'registry' | 'connect' | 'cleanup'>

/** Milliseconds until a connector runs, and until an event is there: the real worker takes its time on a busy machine. */
const RUNS_WITHIN = 60_000
export const ARRIVES_WITHIN = 45_000

export interface Pipeline {
  /** Connected as the role that owns the tables. */
  client: pg.Client
  slot: string
  connector: string
  topic(table: string): string
  /** Gives the configuration to Connect and waits until the task runs. */
  register(file?: string): Promise<void>
  /** "RUNNING", or "FAILED: " and the first line of why. */
  state(): Promise<string>
  running(): Promise<void>
  /** A topic from its beginning on, once it is there. */
  follow(table: string): Promise<Followed>
  /** `stop` drops the task and keeps offsets and slot. */
  stop(): Promise<void>
  resume(): Promise<void>
}

/** Connects as the learner's role. */
export async function connectOwner(postgres: KpiFixtures['postgres']): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: postgres.url, application_name: 'office' })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Runs a file of SQL as the learner's role. */
async function runSql(client: pg.Client, { learner }: Parts, file: string): Promise<void> {
  await client.query(await learner.read(file)).catch((error: Error) => {
    fail({ subject: file, expected: 'PostgreSQL takes it', saw: error.message, lookAt: file })
  })
}

/** The tables, the learner's preparation of them, and nothing registered yet. */
export async function openPipeline(parts: Parts): Promise<Pipeline> {
  const { learner, postgres, kafka, registry, connect, cleanup } = parts
  const client = await connectOwner(postgres)
  cleanup(() => client.end())
  await runSql(client, parts, 'sql/tables.sql')
  await runSql(client, parts, 'sql/replication.sql')
  const prefix = `${kafka.topicPrefix}db`
  const slot = `slot_${randomBytes(4).toString('hex')}`
  const connector = `${kafka.topicPrefix}source`
  const path = `/connectors/${encodeURIComponent(connector)}`
  const env = {
    CONNECT_URL: connect.url,
    CONNECTOR: connector,
    DATABASE_HOST: postgres.inside.host,
    DATABASE_PORT: String(postgres.inside.port),
    DATABASE_USER: postgres.user,
    DATABASE_PASSWORD: postgres.password,
    DATABASE_NAME: postgres.database,
    TOPIC_PREFIX: prefix,
    SLOT: slot,
    // Apicurio's converter speaks the registry's own interface, which stands beside Confluent's.
    REGISTRY_API: registry.inside.url.replace('/apis/ccompat/v7', '/apis/registry/v2'),
  }
  const state = async () => {
    const { body } = await connect.ask<{ tasks?: { state: string; trace?: string }[] }>(`${path}/status`)
    const [task] = body.tasks ?? []
    return task ? `${task.state}${task.trace ? `: ${reasonOf(task.trace)}` : ''}` : 'no task'
  }
  const running = async () => {
    const reached = await eventually(
      'the connector’s task runs',
      async () => {
        const now = await state().catch(() => 'no answer')
        return /^(RUNNING|FAILED)/.test(now) ? now : undefined
      },
      { within: RUNS_WITHIN, every: 50 },
    )
    if (reached !== 'RUNNING') fail({ subject: 'the connector’s task', expected: 'RUNNING', saw: reached })
  }
  return {
    ...{ client, slot, connector, state, running },
    topic: table => `${prefix}.public.${table}`,
    async register(file = 'connect/source.json') {
      const { code, stderr } = await learner.run('src/register.ts', { env, args: [file], withinMs: RUNS_WITHIN })
      if (code !== 0)
        fail({ subject: file, expected: 'Connect takes it', saw: stderr.trim().slice(0, 500) || `exit ${code}`, lookAt: file })
      await running()
    },
    async follow(table) {
      const topic = `${prefix}.public.${table}`
      await eventually(
        `there is a topic for ${table}: <TOPIC_PREFIX>.public.${table}`,
        async () => (await kafka.admin.listTopics()).includes(topic),
        {
          within: ARRIVES_WITHIN,
          every: 50,
        },
      )
      const followed = await follow(kafka, topic)
      cleanup(() => followed.close())
      return followed
    },
    async stop() {
      await connect.ask(`${path}/stop`, 'PUT')
      await eventually('the connector has stopped', async () => (await state()) === 'no task', { within: RUNS_WITHIN, every: 50 })
    },
    async resume() {
      await connect.ask(`${path}/resume`, 'PUT')
    },
  }
}

/** What a Java or a TypeScript trace begins with; the cause says more than what wraps it. */
function reasonOf(trace: string): string {
  const causes = trace.split('\n').filter(line => line.startsWith('Caused by: '))
  return (causes.at(-1) ?? trace.split('\n')[0] ?? '').replace(/^Caused by: /, '').slice(0, 400)
}
