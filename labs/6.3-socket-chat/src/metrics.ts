/** What Prometheus is told: a fixed number of series. Given: not yours to change, but yours to call. */
import type { CloseReason } from './types.ts'

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5]

export interface Metrics {
  /** Read when the page is asked for. */
  connections: () => number
  acceptQueue: () => number
  /** Bytes queued for all clients together. */
  outboxBytes: () => number
  storeUp: () => boolean
  /** A connection was told `busy`. */
  refused(): void
  /** An admitted connection has ended. */
  closed(reason: CloseReason): void
  /** A message was accepted for the first time: a repeated `id` does not count. */
  message(kind: 'room' | 'direct', stored: boolean): void
  /** `msg` frames handed to a client's transport. */
  delivered(): void
  /** From receiving a `send` to its `ack`, in seconds. */
  ackSeconds(seconds: number): void
  /** The page, in Prometheus' text format 0.0.4. */
  render(): string
}

/** Counters at zero; the gauges are read through the functions that the server sets. */
export function createMetrics(): Metrics {
  const closed = new Map<CloseReason, number>()
  const messages = new Map<string, number>()
  const buckets = BUCKETS.map(() => 0)
  let [refused, delivered, acks, ackSum] = [0, 0, 0, 0]
  const metrics: Metrics = {
    connections: () => 0,
    acceptQueue: () => 0,
    outboxBytes: () => 0,
    storeUp: () => false,
    refused: () => void refused++,
    closed: reason => void closed.set(reason, (closed.get(reason) ?? 0) + 1),
    message: (kind, stored) => {
      const labels = `kind="${kind}",stored="${stored}"`
      messages.set(labels, (messages.get(labels) ?? 0) + 1)
    },
    delivered: () => void delivered++,
    ackSeconds: seconds => {
      acks++
      ackSum += seconds
      BUCKETS.forEach((bound, i) => {
        if (seconds <= bound) buckets[i]!++
      })
    },
    render: () =>
      [
        ...['# TYPE chat_connections gauge', `chat_connections ${metrics.connections()}`],
        ...['# TYPE chat_accept_queue gauge', `chat_accept_queue ${metrics.acceptQueue()}`],
        ...['# TYPE chat_outbox_bytes gauge', `chat_outbox_bytes ${metrics.outboxBytes()}`],
        ...['# TYPE chat_store_up gauge', `chat_store_up ${metrics.storeUp() ? 1 : 0}`],
        ...['# TYPE chat_refused_total counter', `chat_refused_total ${refused}`],
        '# TYPE chat_closed_total counter',
        ...[...closed].map(([reason, count]) => `chat_closed_total{reason="${reason}"} ${count}`),
        '# TYPE chat_messages_total counter',
        ...[...messages].map(([labels, count]) => `chat_messages_total{${labels}} ${count}`),
        ...['# TYPE chat_delivered_total counter', `chat_delivered_total ${delivered}`],
        '# TYPE chat_ack_seconds histogram',
        ...BUCKETS.map((bound, i) => `chat_ack_seconds_bucket{le="${bound}"} ${buckets[i]}`),
        ...[`chat_ack_seconds_bucket{le="+Inf"} ${acks}`, `chat_ack_seconds_sum ${ackSum}`, `chat_ack_seconds_count ${acks}`],
        ...['# TYPE process_resident_memory_bytes gauge', `process_resident_memory_bytes ${process.memoryUsage.rss()}`],
        '',
      ].join('\n'),
  }
  return metrics
}
