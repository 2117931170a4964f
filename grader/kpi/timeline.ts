import { appendEvents } from '../results/events.ts'
import type { TimelineEvent } from '../results/types.ts'
import type { Timeline } from './types.ts'

/** Collects events and writes them in batches to events.ndjson of the evidence folder. */
export class EventLog {
  private buffer: TimelineEvent[] = []
  private readonly evidence: string
  private readonly runStart: number

  constructor(evidence: string, runStart: number) {
    this.evidence = evidence
    this.runStart = runStart
  }

  now(): number {
    return Math.round((performance.timeOrigin + performance.now() - this.runStart) * 1000) / 1000
  }

  add(event: TimelineEvent): void {
    this.buffer.push(event)
    if (this.buffer.length >= 1000) this.flush()
  }

  flush(): void {
    if (this.buffer.length === 0) return
    appendEvents(this.evidence, this.buffer)
    this.buffer = []
  }

  /** The view of one KPI. */
  of(kpi: string): Timeline {
    const add: Timeline['add'] = event => this.add({ kpi, ...event })
    const now = () => this.now()
    return {
      now,
      add,
      mark: label => add({ lane: 'grader', kind: 'mark', at: now(), label }),
      async op(lane, label, run, detail) {
        const at = now()
        try {
          const value = await run()
          add({ lane, kind: 'op', at, until: now(), label, ok: true, ...(detail ? { detail } : {}) })
          return value
        } catch (error) {
          add({ lane, kind: 'op', at, until: now(), label, ok: false, detail: { ...detail, error: String(error) } })
          throw error
        }
      },
    }
  }
}
