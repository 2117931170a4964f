/** A worker's hands: takes jobs, keeps their leases, tells how they ended. */
import { setTimeout as delay } from 'node:timers/promises'
import { pauseAfter } from './backoff.ts'
import { execute } from './effect.ts'
import type { Metrics } from './metrics.ts'
import type { Queue } from './queue.ts'
import type { Config, Lease } from './types.ts'

export interface Runner {
  start(): void
  /** Takes nothing any more; resolves when what it has is done, five seconds later at most. */
  stop(): Promise<void>
  /** Jobs that it has now. */
  active(): number
}

/**
 * Runs jobs, as many at once as `config.concurrency`.
 * Step 4: nobody renews the leases. Step 5: who tells an attempt that it has lost its job? Step 6: not every failed attempt is worth another.
 */
export function createRunner({ queue, config }: { queue: Queue; config: Config; metrics: Metrics }): Runner {
  let active = 0
  let stopping = false

  async function run(lease: Lease): Promise<void> {
    active++
    try {
      const text = await execute(lease, config.name, new AbortController().signal)
      await queue.finish(lease, { outcome: 'done', text })
    } catch (error) {
      await queue.finish(lease, { outcome: 'failed', text: String(error), pauseMs: pauseAfter(lease.attempt, lease.backoffMs) })
    } finally {
      active--
    }
  }

  async function takeLoop(): Promise<void> {
    while (!stopping) {
      const free = config.concurrency - active
      const leases = free > 0 ? await queue.take(free).catch(() => []) : []
      for (const lease of leases) void run(lease).catch(error => console.error(`${lease.id}: ${error.message}`))
      await delay(config.pollMs)
    }
  }

  return {
    start: () => void takeLoop(),
    async stop() {
      stopping = true
    },
    active: () => active,
  }
}
