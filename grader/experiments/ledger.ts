/**
 * The acked-write ledger: what the system acknowledged to the client, looked for at a sink after the faults.
 * Acknowledged means that the client's call returned success; a call without an answer is `unknown` and may or may not have taken effect.
 * After Jepsen's set and total-queue checkers (K. Kingsbury): attempted, acknowledged, unexpected, lost, duplicated.
 */
import { Inconclusive, KpiFailure } from '../kpi/outcomes.ts'

/** One write as the client knows it. */
export interface LedgerEntry {
  id: string
  /** Order is judged within a scope: a room, a partition, a key. */
  scope: string
  value?: string
  state: 'acked' | 'refused' | 'unknown'
  /** Position among the sends of its scope, from 0. */
  sent: number
  /** Milliseconds since the run's start, where the caller told. */
  at?: number
}

/** One record as a sink shows it, in the sink's own order. */
export interface Observed {
  id: string
  scope?: string
  value?: string
}

export interface LedgerRules {
  /** May the sink show a write twice? Default false: twice is `doubled`. */
  duplicates?: boolean
  /** Must the sink keep the order of sending within a scope? Default false. */
  order?: boolean
  /** May a refused write be at the sink? Default false: it is `ghost`, half-done work. */
  refused?: boolean
}

export interface LedgerReport {
  attempted: number
  acked: number
  unknown: number
  refused: number
  observed: number
  /** Acknowledged, but not at the sink. */
  lost: LedgerEntry[]
  /** At the sink more than once. */
  doubled: { id: string; times: number }[]
  /** Pairs of neighbours in the sink's order that were sent the other way round. */
  reordered: { scope: string; first: string; second: string }[]
  /** At the sink, never sent. */
  invented: Observed[]
  /** At the sink though the client was told "no". */
  ghosts: Observed[]
  /** At the sink with another value than was sent. */
  changed: { id: string; sent: string; observed: string }[]
  ok: boolean
}

/** Records sends and their outcomes; then judges sinks. One a KPI. */
export class Ledger {
  private readonly entries = new Map<string, LedgerEntry>()
  private readonly perScope = new Map<string, number>()

  /**
   * A write is about to be sent.
   * @throws when the id was used before: ids are the ledger's identity
   */
  attempt(id: string, about: { scope?: string; value?: string; at?: number } = {}): void {
    if (this.entries.has(id)) throw new Error(`the ledger knows "${id}" already`)
    const scope = about.scope ?? ''
    const sent = this.perScope.get(scope) ?? 0
    this.perScope.set(scope, sent + 1)
    this.entries.set(id, {
      id,
      scope,
      state: 'unknown',
      sent,
      ...(about.value === undefined ? {} : { value: about.value }),
      ...(about.at === undefined ? {} : { at: about.at }),
    })
  }

  /** The client's call returned success. */
  ack(id: string): void {
    this.known(id).state = 'acked'
  }

  /** The client's call was refused for certain: it must have had no effect. An earlier acknowledgement stands. */
  refuse(id: string): void {
    const entry = this.known(id)
    if (entry.state !== 'acked') entry.state = 'refused'
  }

  /**
   * Send through `call`, recording what came of it. A rejection leaves the write `unknown` unless `refused` says it was a clear "no".
   * @returns true when it was acknowledged
   */
  async write(
    id: string,
    call: () => Promise<unknown>,
    about: { scope?: string; value?: string; at?: number; refused?: (error: unknown) => boolean } = {},
  ): Promise<boolean> {
    this.attempt(id, about)
    try {
      await call()
      this.ack(id)
      return true
    } catch (error) {
      if (about.refused?.(error)) this.refuse(id)
      return false
    }
  }

  get acked(): LedgerEntry[] {
    return [...this.entries.values()].filter(entry => entry.state === 'acked')
  }

  get size(): number {
    return this.entries.size
  }

  /** Hold a sink against the ledger. `observed` is in the sink's order. */
  check(observed: Iterable<Observed>, rules: LedgerRules = {}): LedgerReport {
    const times = new Map<string, number>()
    const invented: Observed[] = []
    const ghosts: Observed[] = []
    const changed: LedgerReport['changed'] = []
    const reordered: LedgerReport['reordered'] = []
    const last = new Map<string, LedgerEntry>()
    let count = 0
    for (const record of observed) {
      count++
      const entry = this.entries.get(record.id)
      if (!entry) {
        invented.push(record)
        continue
      }
      const seen = (times.get(record.id) ?? 0) + 1
      times.set(record.id, seen)
      if (entry.state === 'refused' && !rules.refused && seen === 1) ghosts.push(record)
      if (record.value !== undefined && entry.value !== undefined && record.value !== entry.value)
        changed.push({ id: record.id, sent: entry.value, observed: record.value })
      // A repeated record is judged as a duplicate, not as a step back in the order.
      if (!rules.order || seen > 1) continue
      const before = last.get(entry.scope)
      if (before && before.sent > entry.sent) reordered.push({ scope: entry.scope, first: before.id, second: entry.id })
      if (!before || before.sent < entry.sent) last.set(entry.scope, entry)
    }
    const all = [...this.entries.values()]
    const lost = all.filter(entry => entry.state === 'acked' && !times.has(entry.id))
    const doubled = rules.duplicates ? [] : [...times].filter(([, n]) => n > 1).map(([id, n]) => ({ id, times: n }))
    const states = (state: LedgerEntry['state']) => all.filter(entry => entry.state === state).length
    const ok = [lost, doubled, reordered, invented, ghosts, changed].every(list => list.length === 0)
    return {
      attempted: all.length,
      acked: states('acked'),
      unknown: states('unknown'),
      refused: states('refused'),
      observed: count,
      lost,
      doubled,
      reordered,
      invented,
      ghosts,
      changed,
      ok,
    }
  }

  private known(id: string): LedgerEntry {
    const entry = this.entries.get(id)
    if (!entry) throw new Error(`the ledger does not know "${id}"`)
    return entry
  }
}

const some = (ids: readonly string[], most = 3): string =>
  ids.length <= most ? ids.join(', ') : `${ids.slice(0, most).join(', ')} and ${ids.length - most} more`

/** The report in a learner's words, worst first, with the smallest set of witnesses. */
export function tellReport(report: LedgerReport): string[] {
  const lines: string[] = []
  if (report.lost.length > 0)
    lines.push(`lost: ${report.lost.length} of ${report.acked} acknowledged (${some(report.lost.map(entry => entry.id))})`)
  if (report.doubled.length > 0) lines.push(`doubled: ${some(report.doubled.map(({ id, times }) => `${id} ×${times}`))}`)
  if (report.reordered.length > 0)
    lines.push(
      `reordered: ${some(
        report.reordered.map(
          ({ first, second, scope }) => `${second} came after ${first}${scope ? ` in ${scope}` : ''} but was sent before it`,
        ),
        1,
      )}`,
    )
  if (report.ghosts.length > 0)
    lines.push(`half-done: ${some(report.ghosts.map(record => record.id))} took effect though the caller was refused`)
  if (report.changed.length > 0)
    lines.push(
      `changed: ${some(
        report.changed.map(({ id, sent, observed }) => `${id} was sent as ${sent}, is ${observed}`),
        1,
      )}`,
    )
  if (report.invented.length > 0) lines.push(`invented: ${some(report.invented.map(record => record.id))} was never sent`)
  return lines
}

/**
 * Turn a report into the KPI's outcome.
 * @param faults how many injected faults took effect; zero is inconclusive, undefined when the KPI injects none
 * @throws KpiFailure with the witnesses, Inconclusive without acknowledged writes or effective faults
 */
export function judgeLedger(report: LedgerReport, sink: string, faults?: number): void {
  if (!report.ok) {
    const [saw, ...details] = tellReport(report)
    throw new KpiFailure({
      subject: `the acknowledged writes at ${sink}`,
      expected: `all ${report.acked} acknowledged, once each, nothing else`,
      saw: saw!,
      details,
    })
  }
  if (report.acked === 0)
    throw new Inconclusive(`no write was acknowledged (${report.attempted} attempted, ${report.refused} refused): nothing was proven`)
  if (faults === 0) throw new Inconclusive('no fault took effect: nothing was proven')
}
