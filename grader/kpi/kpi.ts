import { test } from 'vitest'
import { type CurrentKpi, withCurrent } from './current.ts'
import { type Bench, fixtureNames, MAKERS } from './fixtures.ts'
import { DeadlineExceeded, type Outcome, outcomeOf } from './outcome-of.ts'
import { preparationOf, readPlan } from './plan.ts'
import { openServices } from './services.ts'
import { EventLog } from './timeline.ts'
import type { KpiFixtures } from './types.ts'

/** What the worker tells the grade process of each KPI, as the test's metadata. */
export interface KpiReport extends Omit<Outcome, 'verdict'> {
  kpi: string
  verdict: Outcome['verdict']
  waitsFor?: string[]
  /** Milliseconds since the run's start. */
  startedAt: number
  endedAt: number
}

/** Milliseconds that undoing a fixture may take before the KPI goes on without it. */
const CLEANUP_LIMIT = 30_000

/** Read at the first KPI: what a KPI's helpers can do, a benchmark can do too, without a plan. */
let made: { bench: Bench; settled: Map<string, string> } | undefined
function worker(): { bench: Bench; settled: Map<string, string> } {
  if (made) return made
  const plan = readPlan()
  process.on('unhandledRejection', reason => void running?.stray.push(reason))
  made = { bench: { plan, events: new EventLog(plan.evidence, plan.runStart) }, settled: new Map(Object.entries(plan.settled)) }
  return made
}
let running: { record: CurrentKpi; stray: unknown[] } | undefined

/**
 * Define a KPI's behaviour. Its claim, points, hints and deadline are in the lab's `lab.yaml`, under the same id.
 * @param id the KPI's id in lab.yaml, also the file's name
 * @param body the test; the fixtures it destructures are made for it and undone afterwards
 * @example kpi('no-race', async ({ learner, valkey }) => { … expect(allowed, 'requests let through').toBe(500) })
 */
export function kpi(id: string, body: (fixtures: KpiFixtures) => Promise<void>): void {
  const { bench, settled } = worker()
  const { plan } = bench
  const spec = plan.kpis.find(candidate => candidate.id === id)
  if (!spec || settled.has(id)) return
  test(id, { timeout: spec.deadline * 1000 + preparationOf(plan) + 30_000 }, async ({ task }) => {
    const startedAt = bench.events.now()
    const meta = task.meta as { millrace?: KpiReport }
    const waitsFor = plan.ignoreLocks ? [] : spec.after.filter(other => (settled.get(other) ?? 'pass') !== 'pass')
    const outcome: Outcome = waitsFor.length > 0 ? { verdict: 'not-run' } : await judge(id, spec.deadline, body)
    settled.set(id, outcome.verdict)
    if (waitsFor.length === 0) recordVerdict(id, outcome, startedAt)
    bench.events.flush()
    meta.millrace = { kpi: id, ...outcome, startedAt, endedAt: bench.events.now(), ...(waitsFor.length > 0 ? { waitsFor } : {}) }
  })
}

/** The KPI itself on the timeline, so that each has its chapter, and its verdict where it fell. */
function recordVerdict(kpi: string, { verdict, feedback }: Outcome, at: number): void {
  const { bench } = worker()
  const until = bench.events.now()
  const ok = verdict === 'pass' ? { ok: true } : verdict === 'fail' || verdict === 'timeout' ? { ok: false } : {}
  const { expected, saw, because } = feedback ?? {}
  bench.events.add({ kpi, lane: 'grader', kind: 'op', at, until, label: `${kpi}: ${verdict}`, ...ok, detail: { expected, saw, because } })
}

async function judge(id: string, deadline: number, body: (fixtures: KpiFixtures) => Promise<void>): Promise<Outcome> {
  const { bench } = worker()
  const record: CurrentKpi = { id, did: [], facts: [], onDid: label => bench.events.of(id).mark(label) }
  const stray: unknown[] = []
  const cleanups: (() => unknown)[] = []
  running = { record, stray }
  let outcome: Outcome
  const timer = Promise.withResolvers<never>()
  let alarm: NodeJS.Timeout | undefined
  try {
    const names = fixtureNames(body)
    // Containers that KPIs share take their time to start, once: that is not the KPI's time.
    const services = await withCurrent(record, () => openServices(bench, record, names, cleanups))
    alarm = setTimeout(() => timer.reject(new DeadlineExceeded(deadline)), deadline * 1000)
    const work = withCurrent(record, async () => {
      const fixtures: Partial<Record<keyof KpiFixtures, unknown>> = {}
      for (const name of names) fixtures[name] = await MAKERS[name](bench, record, cleanups, services)
      cleanups.push(() => services.bringBack())
      await body(fixtures as unknown as KpiFixtures)
    })
    // When the deadline wins, the body's later rejection has nobody waiting for it: it is expected, not stray.
    work.catch(() => {})
    await Promise.race([work, timer.promise])
    outcome = stray.length > 0 ? outcomeOf(stray[0], record) : { verdict: 'pass' }
  } catch (error) {
    outcome = outcomeOf(error, record)
  } finally {
    clearTimeout(alarm)
    timer.promise.catch(() => {})
  }
  for (const undo of cleanups.reverse()) await within(CLEANUP_LIMIT, undo)
  running = undefined
  return outcome
}

/** A clean-up that fails or hangs must not change a verdict; the warden and the sweep end what it leaves. */
async function within(limit: number, undo: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    await Promise.race([Promise.resolve().then(undo), new Promise(resolve => (timer = setTimeout(resolve, limit)))])
  } catch (error) {
    worker().bench.events.add({
      kpi: running?.record.id ?? '',
      lane: 'grader',
      kind: 'mark',
      at: worker().bench.events.now(),
      label: `clean-up failed: ${error}`,
    })
  } finally {
    clearTimeout(timer)
  }
}
