/** What is asked of each hop. A hop whose part was left out has no `ask`. */
import type { Admin } from 'kafkajs'
import pg from 'pg'
import { maybe, need } from '../environment.ts'
import { kafka } from '../kafka.ts'
import { ALERTS, CHANGES, READINGS, REJECTS } from '../names.ts'

export type Figures = Record<string, string | number>

/** A hop as the page shows it. */
export interface Hop {
  id: string
  title: string
  ok: boolean
  figures: Figures
  trouble?: string
}

const pool = new pg.Pool({ connectionString: need('DATABASE_URL'), max: 3, connectionTimeoutMillis: 2_000 })
pool.on('error', () => {}) // The next look opens another connection, or says why not.
const row = async (sql: string): Promise<Record<string, unknown>> => (await pool.query(sql)).rows[0] ?? {}

let admin: Promise<Admin> | undefined
/** One connection, made when it is first needed, and again after one that failed. */
const kafkaAdmin = (): Promise<Admin> =>
  (admin ??= (async () => {
    const made = kafka('status').admin()
    await made.connect()
    return made
  })().catch(error => {
    admin = undefined
    throw error
  }))

async function json<T = Record<string, unknown>>(url: string): Promise<T> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_500) })
  if (!answer.ok) throw new Error(`${answer.status} ${(await answer.text()).slice(0, 200)}`)
  return (await answer.json()) as T
}

/** Messages of a group's topics that it has not committed yet. */
async function lag(groupId: string, topics: string[]): Promise<number> {
  const client = await kafkaAdmin()
  const committed = await client.fetchOffsets({ groupId, topics })
  let behind = 0
  for (const { topic, partitions } of committed) {
    const ends = await client.fetchTopicOffsets(topic)
    for (const { partition, offset } of partitions) {
      const end = ends.find(one => one.partition === partition)
      behind += Number(end?.high ?? 0) - (Number(offset) < 0 ? Number(end?.low ?? 0) : Number(offset))
    }
  }
  return behind
}

const part = (variable: string, ask: (url: string) => Promise<Figures>) => {
  const url = maybe(variable)
  return url === undefined ? undefined : () => ask(url)
}

/** All hops, in the order in which a change passes them. */
export const HOPS: readonly { id: string; title: string; ask: (() => Promise<Figures>) | undefined }[] = [
  {
    id: 'postgres',
    title: 'PostgreSQL',
    ask: async () => {
      const { shipments, readings } = await row(
        'SELECT (SELECT count(*) FROM shipments)::int AS shipments, (SELECT count(*) FROM readings)::int AS readings',
      )
      return { shipments: Number(shipments), readings: Number(readings) }
    },
  },
  {
    id: 'capture',
    title: 'Change data capture',
    ask: async () => {
      const connectors = await json<Record<string, { status: { tasks: { state: string }[] } }>>(
        `${need('CONNECT_URL')}/connectors?expand=status`,
      )
      const tasks = Object.values(connectors).flatMap(({ status }) => status.tasks)
      const slot = await row(
        'SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn))::bigint AS behind FROM pg_replication_slots',
      )
      if (tasks.some(({ state }) => state !== 'RUNNING')) throw new Error(`its tasks are ${tasks.map(({ state }) => state).join()}`)
      return { 'tasks running': tasks.length, 'bytes behind': Number(slot['behind'] ?? 0) }
    },
  },
  {
    id: 'kafka',
    title: 'Kafka',
    ask: async () => {
      const client = await kafkaAdmin()
      const figures: Figures = {}
      for (const topic of [CHANGES.shipments, READINGS, ALERTS]) {
        const ends = await client.fetchTopicOffsets(topic)
        figures[topic.split('.').at(-1)!] = ends.reduce((sum, { high }) => sum + Number(high), 0)
      }
      return figures
    },
  },
  {
    id: 'registry',
    title: 'Schema registry',
    ask: async () => ({ subjects: (await json<string[]>(`${need('REGISTRY_URL')}/subjects`)).length }),
  },
  {
    id: 'rules',
    title: 'Rules',
    ask: async () => {
      const rejects = await (await kafkaAdmin()).fetchTopicOffsets(REJECTS)
      return { behind: await lag('rules', [READINGS]), rejected: rejects.reduce((sum, { high }) => sum + Number(high), 0) }
    },
  },
  {
    id: 'alerts',
    title: 'Alerts in PostgreSQL',
    ask: async () => ({ alerts: Number((await row('SELECT count(*)::int AS alerts FROM alerts'))['alerts']) }),
  },
  {
    id: 'lake',
    title: 'Delta on object store',
    ask: part('LAKE_URL', async url => {
      const versions = await json<Record<string, number>>(`${url}/health`)
      const behind = await lag('lake', [READINGS, ALERTS])
      return { ...Object.fromEntries(Object.entries(versions).map(([name, version]) => [name, `v${version}`])), behind }
    }),
  },
  { id: 'chat', title: 'Dispatch chat', ask: part('DISPATCH_URL', async url => json<Figures>(`${url}/health`)) },
  {
    id: 'limiter',
    title: 'Partner API',
    ask: part('PARTNER_API_URL', async url => {
      await json(`${url}/health`)
      await json(`${need('LIMITER_URL')}/ready`)
      return { limiter: 'ready' }
    }),
  },
  {
    id: 'scheduler',
    title: 'Scheduler',
    ask: part('SCHEDULER_URL', async url => {
      const { epoch } = await json<{ epoch: number }>(`${url}/leader`)
      return { 'leader’s epoch': epoch, 'dead letters': (await json<unknown[]>(`${url}/dead`)).length }
    }),
  },
]
