import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineName, Lab } from '../course/types.ts'
import { Session, servicesToStart } from '../runner/session.ts'
import { HashCache } from './cache.ts'
import { checkGolden } from './golden.ts'
import { judgeVariant, type VariantVerdict, variantName } from './judge-variant.ts'
import { staticProblems } from './static-checks.ts'
import { runnable, type Variant, variantsOf } from './variants.ts'

/** The seed of the gate; learners' runs draw their own. */
export const GATE_SEED = 4127

export interface GateOptions {
  root: string
  labs: Lab[]
  /** Only these. */
  engines: readonly EngineName[]
  /** Runs of each solution. */
  times: number
  /** Where both engines judge the same KPIs, on the second one only a few mutants of those. */
  sample: boolean
  /** Ignore cached verdicts. */
  fresh: boolean
  /** Write golden files instead of comparing: replace what differs, or add it as a further form. */
  write: false | 'replace' | 'add'
  /** Sessions side by side. */
  lanes: number
  onProgress: (text: string) => void
  signal?: AbortSignal
  /** No variant is begun after this moment (`performance.now()`). */
  until?: number
}

/** What the gate found for one lab on one engine. */
export interface LabReport {
  lab: string
  folder: string
  engine: EngineName
  problems: string[]
  verdicts: VariantVerdict[]
  kpis: number
  /** KPIs with at least one mutant that they failed. */
  killers: number
  /** Variants for which no time was left. */
  notBegun: number
}

/** Grade the graders: every variant of every lab, in warm sessions, cached by content. */
export async function runGate(options: GateOptions): Promise<LabReport[]> {
  const cache = new HashCache<VariantVerdict>('verify')
  const evidence = mkdtempSync(join(tmpdir(), 'millrace-gate-'))
  const reports: LabReport[] = []
  const queue: { variant: Variant; report: LabReport }[] = []
  for (const lab of options.labs)
    for (const engine of lab.engines.filter(name => options.engines.includes(name))) {
      const report: LabReport = {
        lab: lab.id,
        folder: lab.folder,
        engine,
        problems: await staticProblems(options.root, lab),
        verdicts: [],
        kpis: 0,
        killers: 0,
        notBegun: 0,
      }
      reports.push(report)
      for (const variant of variantsOf(options.root, lab, engine, { times: options.times, seed: GATE_SEED, sample: options.sample })) {
        const cached = options.fresh ? undefined : cache.get(variant.key)
        if (cached) report.verdicts.push({ ...cached, cached: true })
        else queue.push({ variant, report })
      }
    }
  const total = queue.length
  const lane = async (): Promise<void> => {
    let session: Session | undefined
    let started = ''
    try {
      for (let next = queue.shift(); next && !options.signal?.aborted; next = queue.shift()) {
        const { variant, report } = next
        if (performance.now() > (options.until ?? Number.POSITIVE_INFINITY)) {
          report.notBegun++
          continue
        }
        // A session's services are those of the lab that it was started for.
        const needs = servicesToStart(variant.lab, variant.engine).join()
        if (session?.engine !== variant.engine || needs !== started) {
          await session?.close()
          session = new Session(options.root, variant.engine)
          started = needs
        }
        const verdict = await judgeVariant(session, variant, GATE_SEED, evidence, options.signal).catch(error => broken(variant, error))
        if (options.signal?.aborted) return
        if (verdict.problems.length === 0 && !(variant.source.kind === 'solution' && verdict.undecided?.length))
          cache.set(variant.key, verdict)
        report.verdicts.push(verdict)
        options.onProgress(
          `${total - queue.length} of ${total}: lab ${variant.lab.id} ${variantName(variant)} ${verdict.problems.length === 0 ? 'ok' : 'PROBLEM'}`,
        )
      }
    } finally {
      await session?.close()
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(options.lanes, Math.max(1, total)) }, lane))
  } finally {
    rmSync(evidence, { recursive: true, force: true })
  }
  for (const report of reports) complete(report, options)
  return reports
}

/** A variant that could not be laid or judged at all is a problem of its lab, not the end of the gate. */
function broken(variant: Variant, error: unknown): VariantVerdict {
  const problem = error instanceof Error ? error.message : String(error)
  return {
    variant: variantName(variant),
    problems: [problem],
    ran: 0,
    notPassed: [problem],
    killedBy: [],
    firstVerdictMs: 0,
    durationMs: 0,
  }
}

/** One golden text a variant: of the lab's first engine, or of the only one on which the mutant is run. */
function holdsGolden(lab: Lab, engine: EngineName, variant: string): boolean {
  const [first] = lab.engines
  return engine === first || (variant !== 'starter' && !runnable(lab, first!).some(kpi => kpi.mutants.includes(variant)))
}

function complete(report: LabReport, options: GateOptions): void {
  const lab = options.labs.find(candidate => candidate.id === report.lab)!
  const killed = new Set(report.verdicts.flatMap(verdict => (verdict.variant.startsWith('mutant:') ? verdict.killedBy : [])))
  const kpis = runnable(lab, report.engine)
  report.kpis = kpis.length
  report.killers = kpis.filter(kpi => killed.has(kpi.id)).length
  report.verdicts.sort((a, b) => a.variant.localeCompare(b.variant))
  for (const verdict of report.verdicts) {
    report.problems.push(...verdict.problems.map(problem => `${verdict.variant}: ${problem}`))
    const name = verdict.variant.replace(/^mutant:/, '')
    if (verdict.golden === undefined || !holdsGolden(lab, report.engine, name)) continue
    const difference = checkGolden(lab, name, verdict.golden, options.write)
    if (difference) report.problems.push(difference)
  }
  if (options.signal?.aborted || report.notBegun > 0) return
  const tried = new Set(report.verdicts.map(verdict => verdict.variant))
  for (const kpi of kpis)
    if (kpi.mutants.some(name => tried.has(`mutant:${name}`)) && !killed.has(kpi.id))
      report.problems.push(`${kpi.id} kills none of its mutants (${kpi.mutants.join(', ')})`)
}
