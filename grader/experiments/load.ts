/** Seeded open-loop load: requests start when the schedule says, not when the last reply came, so that a slow server cannot hide its latency
 * (coordinated omission; G. Tene, "How NOT to Measure Latency"). */
import type { Random, Timeline } from '../kpi/types.ts'

export interface LoadOptions {
  /** Requests a second. */
  rate: number
  /** Seconds during which requests start. */
  seconds: number
  random: Random
  /** 'poisson' (default): exponential gaps, as independent clients arrive; 'even': equal gaps. */
  arrivals?: 'poisson' | 'even'
  /** Requests under way at once before new ones are counted as `shed` instead of sent; default 5,000. */
  mostOpen?: number
  timeline?: Timeline
  lane?: string
}

export interface LoadResult<T> {
  /** In order of the scheduled start. Latency counts from the scheduled start, in milliseconds. */
  replies: { index: number; dueMs: number; latencyMs: number; ok: boolean; value?: T; error?: unknown }[]
  /** Not sent because too many were open: the generator's own limit, never silent. */
  shed: number
  /** Largest lag of a real start behind its schedule, in milliseconds: how far this machine's load generator can be trusted. */
  worstLagMs: number
  percentile(p: number): number
}

/** Start times in milliseconds for a rate; the same random stream gives the same schedule. */
export function arrivals(options: Pick<LoadOptions, 'rate' | 'seconds' | 'random' | 'arrivals'>): number[] {
  const { rate, seconds, random } = options
  if (options.arrivals === 'even') return Array.from({ length: Math.floor(rate * seconds) }, (_, i) => (i * 1000) / rate)
  const times: number[] = []
  for (let at = (-Math.log(1 - random.next()) * 1000) / rate; at < seconds * 1000; at += (-Math.log(1 - random.next()) * 1000) / rate)
    times.push(at)
  return times
}

/**
 * Run the load to its end, replies included.
 * @param request sends request `index`; a rejection is a failed reply
 */
export async function openLoop<T>(request: (index: number) => Promise<T>, options: LoadOptions): Promise<LoadResult<T>> {
  const times = arrivals(options)
  const began = performance.now()
  const pending = new Set<Promise<void>>()
  const replies: LoadResult<T>['replies'] = []
  let shed = 0
  let worstLagMs = 0
  for (let index = 0; index < times.length; ) {
    const now = performance.now() - began
    if (times[index]! > now) {
      await new Promise(resolve => setTimeout(resolve, Math.min(times[index]! - now, 20)))
      continue
    }
    const dueMs = times[index]!
    worstLagMs = Math.max(worstLagMs, now - dueMs)
    if (pending.size >= (options.mostOpen ?? 5000)) shed++
    else {
      const i = index
      const settle = (ok: boolean, outcome: { value?: T; error?: unknown }) => {
        const latencyMs = performance.now() - began - dueMs
        replies.push({ index: i, dueMs, latencyMs, ok, ...outcome })
        const until = options.timeline?.now() ?? 0
        options.timeline?.add({ lane: options.lane ?? 'load', kind: 'op', at: until - latencyMs, until, label: `request ${i}`, ok })
      }
      const one: Promise<void> = request(i).then(
        value => settle(true, { value }),
        error => settle(false, { error }),
      )
      pending.add(one)
      void one.finally(() => pending.delete(one))
    }
    index++
  }
  await Promise.all(pending)
  replies.sort((a, b) => a.index - b.index)
  const sorted = replies.map(reply => reply.latencyMs).sort((a, b) => a - b)
  return {
    replies,
    shed,
    worstLagMs,
    percentile: p => sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil((p / 100) * sorted.length) - 1))] ?? Number.NaN,
  }
}
