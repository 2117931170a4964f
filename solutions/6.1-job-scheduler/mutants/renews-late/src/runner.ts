/** A worker's hands: takes jobs, keeps their leases, tells how they ended. */
import { setTimeout as delay } from 'node:timers/promises'
import { pauseAfter } from './backoff.ts'
import { execute } from './effect.ts'
import { Fenced, Permanent } from './errors.ts'
import type { Metrics } from './metrics.ts'
import type { Queue } from './queue.ts'
import type { Config, Ending, Lease, Outcome } from './types.ts'

export interface Runner {
  start(): void
  /** Takes nothing any more; resolves when what it has is done, five seconds later at most. */
  stop(): Promise<void>
  /** Jobs that it has now. */
  active(): number
}

interface Held {
  lease: Lease
  abort: AbortController
  /** Real time by which it must have been renewed: afterwards somebody else may have it. */
  safeUntil: number
  gone?: 'lost' | 'cancelled'
}

/** Real milliseconds that a stopping worker gives its jobs. */
const DRAIN = 5000

/** Runs up to `config.concurrency` jobs at once. */
export function createRunner({ queue, config, metrics }: { queue: Queue; config: Config; metrics: Metrics }): Runner {
  const held = new Set<Held>()
  let stopping = false
  let wake = () => {}

  /** Give a job up: its attempt is aborted, and nothing is told to Redis. */
  const drop = (job: Held, why: 'lost' | 'cancelled') => {
    job.gone ??= why
    job.abort.abort(new Error(why))
  }

  async function attempt({ lease, abort }: Held): Promise<Ending> {
    try {
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(lease.timeoutMs)])
      return { outcome: 'done', text: await execute(lease, config.name, signal) }
    } catch (error) {
      if (error instanceof Fenced) abort.abort(error)
      const text = error instanceof Error ? error.message : String(error)
      if (error instanceof Permanent) return { outcome: 'dead', text }
      return { outcome: 'failed', text, pauseMs: pauseAfter(lease.attempt, lease.backoffMs) }
    }
  }

  /** Tell Redis; when it is down, as long as the lease may still be ours. */
  async function finish(job: Held, ending: Ending): Promise<Outcome> {
    for (;;) {
      if (job.abort.signal.aborted) return job.gone ?? 'lost'
      try {
        return await queue.finish(job.lease, ending)
      } catch (error) {
        if (performance.now() >= job.safeUntil) return 'lost'
        console.error(`${job.lease.id}: cannot tell how it ended: ${error instanceof Error ? error.message : error}`)
        await delay(config.pollMs)
      }
    }
  }

  async function run(job: Held): Promise<void> {
    const began = performance.now()
    const ending = await attempt(job)
    const outcome = await finish(job, ending)
    held.delete(job)
    metrics.attempt(outcome, (performance.now() - began) / 1000)
    wake()
  }

  async function takeLoop(): Promise<void> {
    while (!stopping) {
      const free = config.concurrency - held.size
      const asked = performance.now()
      const leases = free > 0 ? await queue.take(free).catch(tell) : []
      for (const lease of leases) {
        const job: Held = { lease, abort: new AbortController(), safeUntil: asked + config.leaseMs }
        held.add(job)
        metrics.waited(lease.waitedMs / 1000)
        void run(job)
      }
      if (leases.length < free || free === 0) await idle()
    }
  }

  /** Until a job has ended, or it is time to look again. */
  function idle(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, config.pollMs)
      wake = () => {
        clearTimeout(timer)
        // In the next turn: jobs that end together are followed by one take.
        setImmediate(resolve)
      }
    })
  }

  async function renewLoop(): Promise<void> {
    while (!stopping || held.size > 0) {
      await delay(config.leaseMs * 0.9)
      const jobs = [...held]
      if (jobs.length === 0) continue
      const asked = performance.now()
      const answers = await queue.renew(jobs.map(job => job.lease)).catch(tell)
      for (const [i, job] of jobs.entries()) {
        const answer = answers[i]
        if (answer === 'held') job.safeUntil = asked + config.leaseMs
        else if (answer) drop(job, answer)
        // Redis did not answer, and by now the lease may be somebody else's.
        else if (performance.now() >= job.safeUntil) drop(job, 'lost')
      }
    }
  }

  return {
    start: () => {
      void takeLoop()
      void renewLoop()
    },
    async stop() {
      stopping = true
      const deadline = performance.now() + DRAIN
      while (held.size > 0 && performance.now() < deadline) await delay(20)
    },
    active: () => held.size,
  }
}

/** Redis did not answer: say so once a second at most, and go on. */
let toldAt = Number.NEGATIVE_INFINITY
function tell(error: unknown): [] {
  if (performance.now() - toldAt > 1000) {
    console.error(`redis: ${error instanceof Error ? error.message : error}`)
    toldAt = performance.now()
  }
  return []
}
