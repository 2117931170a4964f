import type { EngineName, Lab } from '../course/types.ts'
import type { Session } from '../runner/session.ts'
import { runnable } from '../verify/variants.ts'

/** One save: a mutant, and the KPI that fails it. */
export interface Save {
  kpi: string
  mutant: string
}

/** A lab's saves on an engine, taken from all KPIs in turn when there are more than `most`. */
export function savesOf(lab: Lab, engine: EngineName, most: number): Save[] {
  const queues = runnable(lab, engine).map(kpi => kpi.mutants.map(mutant => ({ kpi: kpi.id, mutant })))
  const saves: Save[] = []
  for (let round = 0; saves.length < most && queues.some(queue => queue.length > round); round++)
    saves.push(...queues.flatMap(queue => queue[round] ?? []))
  return saves.slice(0, most)
}

/**
 * Hands a mutant's files over as watch mode does, the KPI that it fails first.
 * @returns milliseconds until that KPI's verdict
 */
export async function saveToVerdict(session: Session, lab: Lab, { kpi, mutant }: Save, evidenceRoot: string): Promise<number> {
  const abort = new AbortController()
  const began = performance.now()
  let first: number | undefined
  await session.judge({
    lab,
    source: { kind: 'mutant', name: mutant },
    seed: 1,
    evidenceRoot,
    passedBefore: new Set(lab.kpis.map(({ id }) => id).filter(id => id !== kpi)),
    signal: abort.signal,
    onKpi: () => {
      first ??= performance.now() - began
      abort.abort()
    },
  })
  return first ?? performance.now() - began
}
