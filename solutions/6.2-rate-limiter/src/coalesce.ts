/** Requests that wait for the same answer are asked about together. */
import type { Decision } from './types.ts'

interface Waiting {
  resolve: (decision: Decision) => void
  reject: (error: unknown) => void
}

/** The most a single call may cost: the contract of the scripts. */
const MOST_COST = 1000

/**
 * One call for many: while a node waits for the decision about a tenant, further requests of this tenant, of the same cost and under the same limit,
 * gather, and are then asked about at once: cost × n. A script gives all of it or nothing, so an allowed call allows n requests, and never more than
 * the limit. A refused one tells how many would have fitted; those are asked for, and one more stands for all the others.
 * The noisier a tenant, the larger its batches: ten thousand requests a second cost Redis a few hundred calls.
 */
export function coalesce(): (id: string, cost: number, ask: (cost: number) => Promise<Decision>) => Promise<Decision> {
  const gathering = new Map<string, Waiting[]>()

  async function drain(id: string, waiting: Waiting[], cost: number, ask: (cost: number) => Promise<Decision>): Promise<void> {
    const most = Math.max(1, Math.floor(MOST_COST / cost))
    while (waiting.length > 0) await settle(waiting.splice(0, most), cost, ask)
    gathering.delete(id)
  }

  return (id, cost, ask) =>
    new Promise((resolve, reject) => {
      const waiting = gathering.get(id)
      if (waiting) return void waiting.push({ resolve, reject })
      const first = [{ resolve, reject }]
      gathering.set(id, first)
      // Not a microtask: requests that arrived on other connections in this turn of the event loop come along.
      setImmediate(() => void drain(id, first, cost, ask))
    })
}

/**
 * Answer a batch in three calls at most: all of it; else as many as fit; and one more, which stands for the rest. Never a fourth: asking on while
 * quota comes back would hold requests until there is room for them, which is a queue and no limiter.
 */
async function settle(batch: Waiting[], cost: number, ask: (cost: number) => Promise<Decision>): Promise<void> {
  // As if they had come one after the other: the last one sees what is left now.
  const pass = (decision: Decision, count: number) => {
    for (const [i, one] of batch.splice(0, count).entries())
      one.resolve({ ...decision, remaining: decision.remaining + (count - 1 - i) * cost })
  }
  try {
    const all = await ask(batch.length * cost)
    if (all.allowed) return pass(all, batch.length)
    const fitting = Math.min(batch.length - 1, Math.floor(all.remaining / cost))
    if (fitting > 0) {
      const some = await ask(fitting * cost)
      if (some.allowed) pass(some, fitting)
    }
    // A single request was asked about already.
    const next = batch.length === 1 && fitting === 0 ? all : await ask(cost)
    if (next.allowed) pass(next, 1)
    // When all were asked about there was no room for these. There was some by `next`, so that is when to come back.
    const retryAfterMicros = next.allowed ? Math.max(1, next.nowMicros - all.nowMicros) : next.retryAfterMicros
    for (const one of batch.splice(0)) one.resolve({ ...next, allowed: false, retryAfterMicros })
  } catch (error) {
    for (const one of batch) one.reject(error)
  }
}
