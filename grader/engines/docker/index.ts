/** The docker engine: containers come from the learner's compose file, one project a KPI; nothing is shared between KPIs. */
import { repositoryRoot } from '../../course/root.ts'
import type { ServiceName } from '../../course/types.ts'
import { CodedError } from '../../errors/coded-error.ts'
import { loadImages } from '../../images/manifest.ts'
import { localBuilds } from '../../images/state.ts'
import { hasContainers } from '../../process/containers.ts'
import type { Engine, EngineOptions } from '../engine.ts'
import { requireEngine } from './reachable.ts'
import { removeRun, sweepContainers } from './sweep.ts'

/**
 * Makes sure that an engine is there, and clean: what dead runs left in it is removed.
 * @param names services of the course's own making: this engine has none, a lab that names some runs on the embedded engine
 * @throws CodedError MR-E-061 for such services, MR-E-120, MR-E-121 without a fit engine
 */
export async function startDocker(names: readonly ServiceName[], { runId, runDir, onProgress }: EngineOptions): Promise<Engine> {
  if (names.length > 0) throw new CodedError('MR-E-061', { engine: 'docker' })
  onProgress?.('asking Docker')
  const { version, compose } = await requireEngine()
  hasContainers(runDir)
  await sweepContainers()
  const kit = loadImages(repositoryRoot())
  const local = await localBuilds(kit, kit)
  let stopped: Promise<void> | undefined
  return {
    services: [],
    endpoints: [],
    facts: { docker: version, compose: compose!, ...(local.length > 0 ? { 'built here': local.join(', ') } : {}) },
    ensureHealthy: async () => void (await requireEngine()),
    // A worker that was killed could not remove its project.
    reset: async () => void (await removeRun(runId)),
    stop: () => (stopped ??= removeRun(runId).then(() => {})),
  }
}
