/** Jobs a second: the learner's programs and BullMQ take turns on one Valkey. */
import { Queue, Worker } from 'bullmq'
import { scrape } from '../../../experiments/metrics.ts'
import { eventually } from '../../../kpi/eventually.ts'
import type { ValkeyFixture } from '../../../services/types.ts'
import { ask } from './cluster.ts'
import { fail } from './fail.ts'

/** Jobs under way at once, in both. */
export const CONCURRENCY = 50
const WITHIN = 60_000

/** The parts of a running program that are needed here. */
export interface Running {
  name: string
  port: number
  url: string
  pause(): void
  resume(): void
}

/**
 * One round of the learner's: `count` jobs that do nothing are submitted while the worker is stopped (SIGSTOP); measured is from its going on until
 * nothing waits and nothing is active.
 * @returns jobs a second
 */
export async function ownRound(master: Running, worker: Running, count: number, name: string): Promise<number> {
  worker.pause()
  const jobs = Array.from({ length: count }, (_, i) => ({ id: `${name}-${i}`, kind: 'noop' }))
  for (let i = 0; i < count; i += 500) await ask(master as never, 'POST', '/jobs', jobs.slice(i, i + 500), 201)
  const began = performance.now()
  worker.resume()
  await eventually(
    `${count} jobs are done`,
    async () => {
      const page = await scrape(master.url)
      const left = page.sum('scheduler_jobs', { state: 'waiting' }) + page.sum('scheduler_jobs', { state: 'active' })
      return left === 0 || fail({ expected: 'no job waiting or active', saw: `${left} left` })
    },
    { within: WITHIN, every: 5 },
  )
  return (count * 1000) / (performance.now() - began)
}

/** One round of BullMQ's: the same, in this process. */
export async function bullRound(valkey: Pick<ValkeyFixture, 'admin' | 'prefix'>, count: number, name: string): Promise<number> {
  const { host, port, username, password } = valkey.admin.options
  const options = {
    prefix: `${valkey.prefix}bull`,
    connection: { host: host!, port: port!, username: username!, password: password! },
    skipVersionCheck: true,
  }
  const queue = new Queue(name, options)
  let done = 0
  const all = Promise.withResolvers<void>()
  const worker = new Worker(name, async () => {}, { ...options, concurrency: CONCURRENCY, autorun: false })
  queue.on('error', () => {})
  worker.on('error', () => {})
  worker.on('completed', () => {
    if (++done === count) all.resolve()
  })
  try {
    for (let i = 0; i < count; i += 500)
      await queue.addBulk(
        Array.from({ length: Math.min(500, count - i) }, (_, n) => ({ name: 'noop', data: {}, opts: { jobId: `${name}-${i + n}` } })),
      )
    await worker.waitUntilReady()
    const began = performance.now()
    void worker.run()
    await all.promise
    return (count * 1000) / (performance.now() - began)
  } finally {
    await worker.close(true)
    await queue.close()
  }
}
