import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { NOT_LAID } from '../course/overlay.ts'
import type { EngineName, Lab, Source } from '../course/types.ts'
import { contentHash } from './content-hash.ts'

/** One thing the gate runs: a source of a lab, and which KPIs must end how. */
export interface Variant {
  lab: Lab
  engine: EngineName
  source: Source
  /** Number of the repetition (solution with --times). */
  round: number
  /** Only these KPIs (a mutant is run with the KPIs that name it). */
  only?: string[]
  /** Key of the cached verdict. */
  key: string
}

/** Folders of the grader that decide a verdict; a change in any of them makes every lab run again. */
const CORE = ['kpi', 'learner', 'process', 'experiments', 'engines/engine.ts', 'engines/index.ts', 'runner', 'course'].map(
  name => `grader/${name}`,
)

/** Our tests of the grader's own parts decide no verdict; the KPIs, in grader/labs, do. */
const decides = (path: string): boolean => !path.endsWith('.test.ts') || path.startsWith('grader/labs/') || !path.startsWith('grader/')

/** Solutions that are themselves services of the embedded engine. */
const SERVICE_SOURCES: Record<string, string> = { kafka: 'solutions/8.3-kafka-lite/src', 'object-store': 'solutions/8.7-object-store/src' }

/** What all services share; a service's own folder counts only for the labs that use it. */
const serviceFiles = (root: string): string[] =>
  readdirSync(join(root, 'grader/services'))
    .filter(name => name.endsWith('.ts'))
    .map(name => `grader/services/${name}`)

/** The solution's own files: mutants, golden files and notes change no verdict of the solution. */
function overlayPaths(lab: Lab): string[] {
  if (!existsSync(lab.solutionDir)) return []
  return readdirSync(lab.solutionDir)
    .filter(name => !NOT_LAID.includes(name))
    .map(name => `solutions/${lab.folder}/${name}`)
}

/**
 * KPIs that the gate holds this engine to. Where a lab has both engines and no service in the learner's compose file, docker answers for those
 * that need it: the others run the same on both.
 */
export const runnable = (lab: Lab, engine: EngineName) => {
  const all = !lab.engines.includes('embedded') || Object.keys(lab.compose).length > 0
  return lab.kpis.filter(kpi => (engine === 'docker' ? all || kpi.needs.includes('docker') : !kpi.needs.includes('docker')))
}

export interface VariantOptions {
  /** Runs of the solution. */
  times: number
  /** The seed of round 0; further rounds of the solution use the following ones. */
  seed: number
  /** On the docker engine, of a lab that the embedded one judges by the same KPIs: all mutants of what only docker judges, and a few of the rest. */
  sample?: boolean
}

/** Mutants of shared KPIs that a sample tries. The grader's code is the same on both engines; what differs is how fast things are. */
const FEW = 3

/** The same few in every run, but not always those that are named first. */
const few = (lab: Lab, names: readonly string[]): string[] => {
  const rank = (name: string) => createHash('sha256').update(`${lab.id} ${name}`).digest('hex')
  return [...names].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, FEW)
}

/** Everything the gate runs for a lab on one engine: the starter, the solution `times` times, and each mutant with the KPIs that name it. */
export function variantsOf(root: string, lab: Lab, engine: EngineName, { times, seed, sample = false }: VariantOptions): Variant[] {
  const shared = [
    'pnpm-lock.yaml',
    ...CORE,
    `grader/engines/${engine}`,
    ...(lab.services.length > 0 ? ['grader/engines/embedded'] : []),
    ...serviceFiles(root),
    ...lab.services.map(service => `grader/services/${service}`),
    `labs/${lab.folder}`,
    `grader/labs/${lab.folder}`,
    ...lab.services.flatMap(service => SERVICE_SOURCES[service] ?? []),
  ]
  const variant = (source: Source, paths: string[], round = 0, only?: string[]): Variant => ({
    lab,
    engine,
    source,
    round,
    ...(only ? { only } : {}),
    key: contentHash(root, [...shared, ...paths], { engine, source, round, only, seed }, decides),
  })
  const overlay = overlayPaths(lab)
  const all = runnable(lab, engine)
  const ids = all.map(kpi => kpi.id)
  const part = engine === 'docker' && ids.length < lab.kpis.length ? ids : undefined
  const mutants = new Map<string, string[]>()
  const sampled = sample && engine === 'docker' && lab.engines.includes('embedded')
  const judgedHereOnly = all.filter(kpi => !sampled || kpi.needs.length > 0).flatMap(kpi => kpi.mutants)
  const tried = new Set([...judgedHereOnly, ...(sampled ? few(lab, [...new Set(all.flatMap(kpi => kpi.mutants))]) : [])])
  for (const kpi of all)
    for (const name of kpi.mutants.filter(name => tried.has(name))) mutants.set(name, [...(mutants.get(name) ?? []), kpi.id])
  return [
    variant({ kind: 'starter' }, [], 0, part),
    ...Array.from({ length: times }, (_, round) => variant({ kind: 'solution' }, overlay, round, part)),
    ...[...mutants].map(([name, kpis]) =>
      variant({ kind: 'mutant', name }, [...overlay, `solutions/${lab.folder}/mutants/${name}`], 0, kpis),
    ),
  ]
}
