/** What Prometheus is told. */
import type { Algorithm } from './types.ts'

export interface Metrics {
  /** Redis decided; `seconds` is how long the caller waited for it. */
  decision(algorithm: Algorithm, outcome: 'allowed' | 'denied', seconds: number): void
  /** Redis did not decide in time: the policy did. */
  error(): void
  /** The page, in Prometheus' text format 0.0.4. */
  render(redisUp: boolean): string
}

/** Step 8: names, labels and buckets are in the lesson's contract. */
export function createMetrics(): Metrics {
  return {
    decision: () => {},
    error: () => {},
    render: () => '',
  }
}
