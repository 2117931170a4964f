/** What Prometheus is told. */
import type { Algorithm } from './types.ts'

export interface Metrics {
  /** Redis decided; `seconds` is how long the caller waited for it. */
  decision(algorithm: Algorithm, outcome: 'allowed' | 'denied', seconds: number, tenant: string): void
  /** Redis did not decide in time: the policy did. */
  error(): void
  /** The page, in Prometheus' text format 0.0.4. */
  render(redisUp: boolean): string
}

/** Upper bounds in seconds: half a millisecond to one second. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]

/** Counters per tenant, and one histogram. */
export function createMetrics(): Metrics {
  const decisions = new Map<string, number>()
  const buckets = BUCKETS.map(() => 0)
  let [errors, count, sum] = [0, 0, 0]
  return {
    decision(algorithm, outcome, seconds, tenant) {
      const labels = `algorithm="${algorithm}",outcome="${outcome}",tenant="${tenant}"`
      decisions.set(labels, (decisions.get(labels) ?? 0) + 1)
      count++
      sum += seconds
      BUCKETS.forEach((bound, i) => {
        if (seconds <= bound) buckets[i]!++
      })
    },
    error: () => void errors++,
    render: redisUp =>
      [
        '# HELP ratelimit_decisions_total Requests that Redis decided about.',
        '# TYPE ratelimit_decisions_total counter',
        ...[...decisions].map(([labels, count]) => `ratelimit_decisions_total{${labels}} ${count}`),
        '# HELP ratelimit_errors_total Requests that the fail policy decided about, because Redis did not.',
        '# TYPE ratelimit_errors_total counter',
        `ratelimit_errors_total ${errors}`,
        '# HELP ratelimit_decision_seconds Time that a request waited for the decision of Redis.',
        '# TYPE ratelimit_decision_seconds histogram',
        ...BUCKETS.map((bound, i) => `ratelimit_decision_seconds_bucket{le="${bound}"} ${buckets[i]}`),
        `ratelimit_decision_seconds_bucket{le="+Inf"} ${count}`,
        `ratelimit_decision_seconds_sum ${sum}`,
        `ratelimit_decision_seconds_count ${count}`,
        '# HELP ratelimit_redis_up Whether there is a usable connection to Redis.',
        '# TYPE ratelimit_redis_up gauge',
        `ratelimit_redis_up ${redisUp ? 1 : 0}`,
        '',
      ].join('\n'),
  }
}
