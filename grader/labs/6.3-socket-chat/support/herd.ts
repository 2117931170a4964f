/** A hundred thousand clients in simulated time: when each comes is the learner's code, everything else is arithmetic. */
import { VirtualTime } from '../../../experiments/virtual-time.ts'
import type { Random } from '../../../kpi/types.ts'
import type { Ask } from './asker.ts'

export interface HerdOptions {
  clients: number
  /** Milliseconds after the loss at which the servers answer again. */
  backAt: number
  /** What the servers together admit a second, and how many may wait. */
  admitPerSecond: number
  queue: number
  /** Milliseconds at which the simulation ends. */
  until: number
  random: Random
  waits: (asks: Ask[]) => Promise<number[]>
}

export interface HerdReport {
  /** Attempts in each second since the loss. */
  arrivals: number[]
  admitted: number
  /** Millisecond at which the last was admitted. */
  lastAt: number
  /** Attempts that were told `busy`. */
  busy: number
}

/** Milliseconds of simulated time between two rounds of questions. */
const TICK = 50

/** All lose the connection at 0. An attempt before `backAt` finds nobody; one that finds the queue full is told `busy`. */
export async function herd(options: HerdOptions): Promise<HerdReport> {
  const { clients, backAt, admitPerSecond, queue, until, random, waits } = options
  const time = new VirtualTime()
  const arrivals: number[] = []
  const failures = new Uint16Array(clients)
  let asking: { client: number; at: number; retryInMs: number | null }[] = Array.from({ length: clients }, (_, client) => ({
    client,
    at: 0,
    retryInMs: null,
  }))
  let [admitted, lastAt, busy, open] = [0, 0, 0, clients]
  // The queue as a fluid: it drains at the admitted rate.
  let [level, levelAt] = [0, 0]
  const attempt = (client: number) => {
    const now = time.now()
    const second = Math.floor(now / 1000)
    arrivals[second] = (arrivals[second] ?? 0) + 1
    level = Math.max(0, level - ((now - levelAt) * admitPerSecond) / 1000)
    levelAt = now
    if (now >= backAt && level + 1 <= queue) {
      level++
      admitted++
      open--
      lastAt = Math.max(lastAt, now + (level * 1000) / admitPerSecond)
      return
    }
    failures[client]!++
    if (now >= backAt) busy++
    const full = (1000 * queue) / admitPerSecond
    asking.push({ client, at: now, retryInMs: now >= backAt ? Math.ceil(full * (1 + 2 * random.next())) : null })
  }
  while (open > 0 && time.now() < until) {
    const due = asking
    asking = []
    const answers = due.length > 0 ? await waits(due.map(one => [failures[one.client]!, one.retryInMs])) : []
    due.forEach((one, i) => {
      time.at(Math.max(time.now(), one.at + Math.min(answers[i]!, 2 * until)), () => attempt(one.client))
    })
    time.run(time.now() + TICK)
  }
  return { arrivals: Array.from(arrivals, count => count ?? 0), admitted, lastAt, busy }
}
