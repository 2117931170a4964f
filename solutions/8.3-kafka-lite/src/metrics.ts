/** Counters of the node, in one place; rendered by status.ts. */
export class Metrics {
  readonly startedAt = Date.now()
  connections = 0
  connectionsRefused = 0
  malformedFrames = 0
  requests = new Map<string, { count: number; errors: number; seconds: number }>()
  bytesIn = 0
  bytesOut = 0
  recordsIn = 0
  heldBytes = 0
  startMs = 0

  /** Notes one answered request. */
  request(name: string, milliseconds: number, failed: boolean): void {
    let row = this.requests.get(name)
    if (!row) this.requests.set(name, (row = { count: 0, errors: 0, seconds: 0 }))
    row.count++
    row.seconds += milliseconds / 1000
    if (failed) row.errors++
  }
}
