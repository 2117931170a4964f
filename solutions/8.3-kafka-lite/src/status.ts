import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrokerContext } from './context.ts'

const PAGE = readFileSync(new URL('status.html', import.meta.url), 'utf8')

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`)

/** The lag of every committed offset: how far a group is behind the high watermark. */
function lags({ groups, topics }: BrokerContext) {
  return groups.all().flatMap(group =>
    group.offsets.all().map(({ topic, partition, value }) => {
      const end = topics.partition(topic, partition)?.highWatermark ?? value.offset
      return { group: group.id, topic, partition, lag: Math.max(0, end - value.offset) }
    }),
  )
}

/** Metrics in the text format of Prometheus. Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function renderMetrics(context: BrokerContext): string {
  const { metrics: m, topics, groups, txns } = context
  const lines: string[] = []
  const label = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  const add = (name: string, type: string, help: string, rows: [labels: Record<string, string | number>, value: number][]) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    for (const [labels, value] of rows) {
      const inner = Object.entries(labels).map(([k, v]) => `${k}="${label(String(v))}"`)
      lines.push(`${name}${inner.length ? `{${inner.join(',')}}` : ''} ${value}`)
    }
  }
  const partitions = [...topics.partitions()]
  const where = (p: { topic: string; index: number }) => ({ topic: p.topic, partition: p.index })
  add('kafkalite_start_seconds', 'gauge', 'Time from start to the open port.', [[{}, m.startMs / 1000]])
  add('kafkalite_recovery_scanned_bytes', 'gauge', 'Log that was read again at the last start.', [[{}, topics.recovery.scannedBytes]])
  add('kafkalite_recovery_truncated_bytes', 'gauge', 'Torn log that was cut at the last start.', [[{}, topics.recovery.truncatedBytes]])
  add('kafkalite_connections', 'gauge', 'Open connections.', [[{}, m.connections]])
  add('kafkalite_connections_refused_total', 'counter', 'Connections above the limit.', [[{}, m.connectionsRefused]])
  add('kafkalite_malformed_frames_total', 'counter', 'Connections closed for bytes that are no request.', [[{}, m.malformedFrames]])
  add('kafkalite_held_bytes', 'gauge', 'Bytes of unfinished requests.', [[{}, m.heldBytes]])
  add('kafkalite_bytes_in_total', 'counter', 'Bytes of requests.', [[{}, m.bytesIn]])
  add('kafkalite_bytes_out_total', 'counter', 'Bytes of responses.', [[{}, m.bytesOut]])
  add('kafkalite_records_in_total', 'counter', 'Records in produce requests.', [[{}, m.recordsIn]])
  add(
    'kafkalite_requests_total',
    'counter',
    'Requests answered.',
    [...m.requests].map(([api, r]) => [{ api }, r.count]),
  )
  add(
    'kafkalite_request_errors_total',
    'counter',
    'Requests answered with an error for the whole.',
    [...m.requests].map(([api, r]) => [{ api }, r.errors]),
  )
  add(
    'kafkalite_request_seconds_total',
    'counter',
    'Time to answer, waiting included.',
    [...m.requests].map(([api, r]) => [{ api }, r.seconds]),
  )
  add('kafkalite_partitions', 'gauge', 'Partitions.', [[{}, partitions.length]])
  add(
    'kafkalite_log_end_offset',
    'gauge',
    'Next offset.',
    partitions.map(p => [where(p), p.log.nextOffset]),
  )
  add(
    'kafkalite_high_watermark',
    'gauge',
    'Committed up to here.',
    partitions.map(p => [where(p), p.highWatermark]),
  )
  add(
    'kafkalite_log_start_offset',
    'gauge',
    'First offset.',
    partitions.map(p => [where(p), p.log.logStartOffset]),
  )
  add(
    'kafkalite_log_size_bytes',
    'gauge',
    'Bytes on disk.',
    partitions.map(p => [where(p), p.log.size]),
  )
  add(
    'kafkalite_group_members',
    'gauge',
    'Members of a group.',
    groups.all().map(g => [{ group: g.id, state: g.state }, g.roster.members.size]),
  )
  add(
    'kafkalite_group_lag',
    'gauge',
    'Records between committed offset and high watermark.',
    lags(context).map(({ lag, ...at }) => [at, lag]),
  )
  add('kafkalite_rebalances_total', 'counter', 'Completed rebalances.', [[{}, groups.rebalances.count]])
  add('kafkalite_rebalance_seconds_total', 'counter', 'Time of completed rebalances.', [[{}, groups.rebalances.totalMs / 1000]])
  add(
    'kafkalite_transactions_total',
    'counter',
    'Ended transactions.',
    Object.entries(txns.counts).map(([outcome, n]) => [{ outcome }, n]),
  )
  return `${lines.join('\n')}\n`
}

/** A page for people: topics and groups. */
export function renderPage(context: BrokerContext): string {
  const row = (cells: (string | number)[]) => `<tr>${cells.map(c => `<td>${escapeHtml(String(c))}</td>`).join('')}</tr>`
  const table = (heads: string[], rows: string[]) => `<table><tr>${heads.map(h => `<th>${h}</th>`).join('')}</tr>${rows.join('')}</table>`
  const topics = context.topics
    .all()
    .flatMap(t =>
      t.partitions.map(p =>
        row([t.record.name, p.index, p.log.logStartOffset, p.highWatermark, p.log.nextOffset, p.log.segments.length, p.log.size]),
      ),
    )
  const groups = context.groups.all().map(g => row([g.id, g.state, g.generation, g.protocol ?? '', g.roster.members.size]))
  const lag = lags(context).map(l => row([l.group, l.topic, l.partition, l.lag]))
  const parts: Record<string, string> = {
    address: `${escapeHtml(context.address.host)}:${context.address.port}`,
    cluster: escapeHtml(context.store.clusterId),
    partitions: table(['topic', 'partition', 'start', 'high watermark', 'end', 'segments', 'bytes'], topics),
    groups: table(['group', 'state', 'generation', 'protocol', 'members'], groups),
    lag: table(['group', 'topic', 'partition', 'lag'], lag),
  }
  return PAGE.replace(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name] ?? '')
}

/** Serves `/metrics` and the page, read only. */
export class StatusServer {
  readonly #server: http.Server

  private constructor(server: http.Server) {
    this.#server = server
  }

  /** Opens the port (0: the operating system chooses). */
  static async open(host: string, port: number, context: BrokerContext): Promise<StatusServer> {
    const server = http.createServer((request, response) => {
      const metrics = request.url === '/metrics'
      if (!metrics && request.url !== '/') {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('Only / and /metrics are here.\n')
        return
      }
      response.writeHead(200, { 'content-type': metrics ? 'text/plain; version=0.0.4' : 'text/html' })
      response.end(metrics ? renderMetrics(context) : renderPage(context))
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
    return new StatusServer(server)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise(resolve => this.#server.close(() => resolve()))
  }
}
