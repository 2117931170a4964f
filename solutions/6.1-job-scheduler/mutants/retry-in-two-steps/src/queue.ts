/** Jobs in Redis. Every method is one script or one command: a process may die between two of them, never within one. */
import type { Redis } from 'ioredis'
import type { Scripts } from './scripts.ts'
import type { Config, Counts, Ending, Job, JobInput, Lease, Outcome, State } from './types.ts'

export interface Queue {
  /** Accept jobs; one whose id is known already is not accepted again. */
  submit(jobs: JobInput[]): Promise<{ id: string; created: boolean }[]>
  get(id: string): Promise<Job | null>
  /** "cancelled", "unknown", or the state in which it ended before. */
  cancel(id: string): Promise<string>
  /** Give a dead letter another chance: "waiting", "unknown", or what it is instead of dead. */
  retry(id: string): Promise<string>
  /** Dead letters, the oldest first. */
  dead(most: number): Promise<Job[]>
  counts(): Promise<Counts>
  /** A worker takes up to `most` jobs. */
  take(most: number): Promise<Lease[]>
  renew(leases: Lease[]): Promise<('held' | 'lost' | 'cancelled')[]>
  finish(lease: Lease, ending: Ending): Promise<Outcome>
}

type Stored = Record<string, string | undefined>

function jobOf(stored: Stored): Job | null {
  const { id, tenant, kind, state } = stored
  if (!id || !tenant || !kind) return null
  const number = (field: string) => (stored[field] === undefined ? null : Number(stored[field]))
  const words = (field: string) => stored[field] ?? null
  return {
    id,
    tenant,
    kind,
    state: state as State,
    priority: Number(stored['priority']),
    attempts: Number(stored['attempts']),
    maxAttempts: Number(stored['maxAttempts']),
    createdAt: Number(stored['createdAt']),
    runAt: number('runAt'),
    worker: words('worker'),
    token: number('token'),
    leaseUntil: number('leaseUntil'),
    error: words('error'),
    result: words('result'),
    finishedAt: number('finishedAt'),
  }
}

function leaseOf(reply: unknown): Lease {
  const [id, token, attempt, waitedMs, tenant, kind, payload, maxAttempts, backoffMs, timeoutMs] = (reply as (string | number)[]).map(
    String,
  )
  return {
    id: id!,
    tenant: tenant!,
    kind: kind!,
    payload: payload!,
    attempt: Number(attempt),
    token: Number(token),
    maxAttempts: Number(maxAttempts),
    backoffMs: Number(backoffMs),
    timeoutMs: Number(timeoutMs),
    waitedMs: Number(waitedMs),
  }
}

/** What a job is in the scripts: its priority as milliseconds by which it stands earlier in line. */
export const stored = (job: JobInput, config: Config): string => JSON.stringify({ ...job, boost: job.priority * config.agingMs })

/** The queue, over the scripts in src/lua. */
export function createQueue(redis: Redis, scripts: Scripts, config: Config): Queue {
  const get = async (id: string) => jobOf(await redis.hgetall(`${scripts.base}job:${id}`))
  return {
    get,
    async submit(jobs) {
      const created = (await scripts.run('submit', ...jobs.map(job => stored(job, config)))) as number[]
      return jobs.map((job, i) => ({ id: job.id, created: created[i] === 1 }))
    },
    cancel: async id => String(await scripts.run('cancel', id)),
    async retry(id) {
      const state = String(await scripts.run('retry', id))
      if (state === 'waiting') await scripts.run('submit', 'line up', id)
      return state
    },
    async dead(most) {
      const ids = await redis.zrange(`${scripts.base}dead`, 0, String(most - 1))
      return (await Promise.all(ids.map(get))).filter(job => job !== null)
    },
    async counts() {
      const [waiting, delayed, active, dead] = (await scripts.run('counts')) as [number, number, number, number]
      return { waiting, delayed, active, dead }
    },
    take: async most => ((await scripts.run('take', config.name, config.leaseMs, most)) as unknown[]).map(leaseOf),
    renew: async leases =>
      (await scripts.run('renew', config.leaseMs, ...leases.flatMap(({ id, token }) => [id, token]))) as ('held' | 'lost' | 'cancelled')[],
    finish: async ({ id, token }, ending) =>
      (await scripts.run('finish', id, token, ending.outcome, ending.text, ending.outcome === 'failed' ? ending.pauseMs : 0)) as Outcome,
  }
}
