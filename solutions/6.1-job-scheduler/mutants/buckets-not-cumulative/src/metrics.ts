/** What Prometheus is told. */
import type { Counts, Outcome } from './types.ts'

export interface Metrics {
  /** Jobs were accepted. */
  submitted(count: number): void
  /** An attempt began: how long the job had been ready, by the clock of Redis. */
  waited(seconds: number): void
  /** An attempt ended: how long it took, real time. */
  attempt(outcome: Outcome, seconds: number): void
  /** The pages, in Prometheus' text format 0.0.4. */
  master(counts: Counts, leader: boolean): string
  worker(active: number): string
}

/** Upper bounds in seconds: five milliseconds to an hour. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30, 60, 300, 3600]
const OUTCOMES: Outcome[] = ['done', 'retried', 'dead', 'lost', 'cancelled']

interface Histogram {
  observe(value: number): void
  lines(): string[]
}

function histogram(name: string, help: string): Histogram {
  const buckets = BUCKETS.map(() => 0)
  let [count, sum] = [0, 0]
  return {
    observe(value) {
      count++
      sum += value
      const at = BUCKETS.findIndex(bound => value <= bound)
      if (at >= 0) buckets[at]!++
    },
    lines: () => [
      ...header(name, help, 'histogram'),
      ...BUCKETS.map((bound, i) => `${name}_bucket{le="${bound}"} ${buckets[i]}`),
      `${name}_bucket{le="+Inf"} ${count}`,
      `${name}_sum ${sum}`,
      `${name}_count ${count}`,
    ],
  }
}

const header = (name: string, help: string, type: string): string[] => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]

function resources(): string[] {
  const { user, system } = process.cpuUsage()
  return [
    ...header('process_resident_memory_bytes', 'Resident memory.', 'gauge'),
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    ...header('process_cpu_seconds_total', 'User and system time.', 'counter'),
    `process_cpu_seconds_total ${(user + system) / 1e6}`,
  ]
}

const page = (lines: string[]): string => `${lines.join('\n')}\n`

/** Counters and histograms of a fixed number of series: neither a tenant nor a job is ever a label, their number has no bound. */
export function createMetrics(): Metrics {
  const outcomes = new Map(OUTCOMES.map(outcome => [outcome, 0]))
  const took = histogram('scheduler_job_seconds', 'How long an attempt took.')
  const wait = histogram('scheduler_wait_seconds', 'How long a job was ready before a worker took it.')
  let accepted = 0
  return {
    submitted: count => void (accepted += count),
    waited: seconds => wait.observe(seconds),
    attempt(outcome, seconds) {
      outcomes.set(outcome, outcomes.get(outcome)! + 1)
      took.observe(seconds)
    },
    master: (counts, leader) =>
      page([
        ...header('scheduler_jobs', 'Jobs by state, in all of Redis.', 'gauge'),
        ...Object.entries(counts).map(([state, count]) => `scheduler_jobs{state="${state}"} ${count}`),
        ...header('scheduler_submitted_total', 'Jobs that this master accepted.', 'counter'),
        `scheduler_submitted_total ${accepted}`,
        ...header('scheduler_leader', 'Whether this master leads.', 'gauge'),
        `scheduler_leader ${leader ? 1 : 0}`,
        ...resources(),
      ]),
    worker: active =>
      page([
        ...header('scheduler_attempts_total', 'Attempts of this worker by how they ended.', 'counter'),
        ...[...outcomes].map(([outcome, count]) => `scheduler_attempts_total{outcome="${outcome}"} ${count}`),
        ...took.lines(),
        ...wait.lines(),
        ...header('scheduler_active_jobs', 'Jobs that this worker has now.', 'gauge'),
        `scheduler_active_jobs ${active}`,
        ...resources(),
      ]),
  }
}
