import type { Results } from '../results/types.ts'
import { type Session, sourceName } from '../runner/session.ts'
import { goldenText } from './golden.ts'
import { runnable, type Variant } from './variants.ts'

/** What the gate keeps of one variant's run. */
export interface VariantVerdict {
  variant: string
  /** Everything that is not as it should be, a line each. */
  problems: string[]
  /** Text of the golden file; absent for the solution. */
  golden?: string
  /** KPIs that ran. */
  ran: number
  /** KPIs of a solution run that did not pass; undecided ones apart. */
  notPassed: string[]
  undecided?: string[]
  /** Mutants only: which KPIs failed it. */
  killedBy: string[]
  /** Milliseconds from handing over the files to the first failing verdict (first verdict for the solution), in the warm session. */
  firstVerdictMs: number
  durationMs: number
  cached?: true
}

/** "starter", "solution#3", "mutant:check-then-set": how the gate names a run. */
export const variantName = (variant: Variant): string => `${sourceName(variant.source)}${variant.round > 0 ? `#${variant.round + 1}` : ''}`

/** Run one variant in a warm session and hold its results against what the manifest says. */
export async function judgeVariant(
  session: Session,
  variant: Variant,
  seed: number,
  evidenceRoot: string,
  signal?: AbortSignal,
): Promise<VariantVerdict> {
  const began = performance.now()
  let first: number | undefined
  const results = await session.judge({
    lab: variant.lab,
    source: variant.source,
    seed: seed + variant.round,
    evidenceRoot,
    ...(variant.only ? { only: variant.only } : {}),
    ...(signal ? { signal } : {}),
    onKpi: kpi => {
      if (kpi.verdict === 'fail' || kpi.verdict === 'timeout' || variant.source.kind === 'solution') first ??= performance.now() - began
    },
  })
  const judge = { starter: judgeStarter, solution: judgeSolution, mutant: judgeMutant, learner: judgeSolution }[variant.source.kind]
  const ran = results.kpis.filter(kpi => kpi.verdict !== 'not-run')
  return {
    variant: variantName(variant),
    problems: [...ours(results), ...judge(variant, results)],
    ...(variant.source.kind === 'solution' ? {} : { golden: goldenText(results) }),
    ran: ran.length,
    undecided: ran.filter(kpi => kpi.verdict === 'inconclusive').map(kpi => kpi.id),
    notPassed: ran.filter(kpi => kpi.verdict !== 'pass' && kpi.verdict !== 'inconclusive').map(kpi => `${kpi.id}: ${kpi.verdict}`),
    killedBy: ran.filter(kpi => kpi.verdict === 'fail' || kpi.verdict === 'timeout').map(kpi => kpi.id),
    firstVerdictMs: Math.round(first ?? results.durationMs),
    durationMs: results.durationMs,
  }
}

const ours = (results: Results): string[] =>
  results.kpis
    .filter(kpi => kpi.verdict === 'grader-error' || kpi.verdict === 'environment-error')
    .map(kpi => `${kpi.id}: ${kpi.verdict}: ${kpi.feedback?.because ?? ''}`)

function judgeStarter(variant: Variant, results: Results): string[] {
  return runnable(variant.lab, variant.engine).flatMap(spec => {
    const kpi = results.kpis.find(candidate => candidate.id === spec.id)!
    if (kpi.verdict === 'not-run' && kpi.reason === 'locked') return []
    const wanted = spec.starter === 'pass' ? kpi.verdict === 'pass' : kpi.verdict === 'fail' || kpi.verdict === 'timeout'
    return wanted ? [] : [`${spec.id}: the starter must ${spec.starter}, it got ${kpi.verdict}`]
  })
}

function judgeSolution(variant: Variant, results: Results): string[] {
  return runnable(variant.lab, variant.engine).flatMap(spec => {
    const kpi = results.kpis.find(candidate => candidate.id === spec.id)!
    // Undecided is no failure: a ratio on a busy machine. Such a run is not cached, so it is looked at again.
    if (kpi.verdict === 'pass' || kpi.verdict === 'inconclusive') return []
    const { did = [], subject, expected, saw, because } = kpi.feedback ?? {}
    const facts = [...did.slice(-1), subject, expected && `expected ${expected}`, saw && `saw ${saw}`, because].filter(Boolean).join(' | ')
    return [`${spec.id}: the solution got ${kpi.verdict} (seed ${results.seed}) ${facts}`]
  })
}

function judgeMutant(variant: Variant, results: Results): string[] {
  return (variant.only ?? []).flatMap(id => {
    const kpi = results.kpis.find(candidate => candidate.id === id)!
    if (kpi.verdict === 'fail' || kpi.verdict === 'timeout') return []
    return [`${id} does not kill the mutant: ${kpi.verdict}`]
  })
}
