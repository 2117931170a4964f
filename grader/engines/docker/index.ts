/**
 * The docker engine: containers come from the learner's compose file, one project a KPI, or a warm one that KPIs share which only
 * look. A lab that lists services is judged on the embedded ones too, whose clock can be steered and whose users are confined; its KPIs that need
 * docker use containers.
 */
import { repositoryRoot } from '../../course/root.ts'
import type { ServiceName } from '../../course/types.ts'
import { loadImages } from '../../images/manifest.ts'
import { localBuilds } from '../../images/state.ts'
import { hasContainers, hasNoContainers } from '../../process/containers.ts'
import { startEmbedded } from '../embedded/index.ts'
import type { Engine, EngineOptions } from '../engine.ts'
import { requireEngine } from './reachable.ts'
import { removeKpis, removeRun, sweepContainers } from './sweep.ts'

/**
 * Makes sure that an engine is there, and clean: what dead runs left in it is removed.
 * @param names the lab's services: the embedded engine brings them up
 * @throws CodedError MR-E-120, MR-E-121 without a fit engine, MR-E-040 … 046 when a service does not start
 */
export async function startDocker(names: readonly ServiceName[], options: EngineOptions): Promise<Engine> {
  const { runId, runDir, onProgress } = options
  onProgress?.('asking Docker')
  const { version, compose } = await requireEngine()
  hasContainers(runDir)
  await sweepContainers()
  const kit = loadImages(repositoryRoot())
  const local = await localBuilds(kit, kit)
  const embedded = await startEmbedded(names, options)
  let stopped: Promise<void> | undefined
  return {
    services: embedded.services,
    endpoints: embedded.endpoints,
    facts: { docker: version, compose: compose!, ...(local.length > 0 ? { 'built here': local.join(', ') } : {}) },
    async ensureHealthy() {
      await requireEngine()
      await embedded.ensureHealthy()
    },
    // A worker that was killed could not remove its project. What is warm stays; who uses it next looks whether it is as it was left.
    async reset() {
      await removeKpis(runId)
      await embedded.reset()
    },
    stop({ killed = false } = {}) {
      const containers = async () => {
        await removeRun(runId)
        if (!killed) hasNoContainers(runDir)
      }
      return (stopped ??= Promise.allSettled([containers(), embedded.stop()]).then(() => {}))
    },
  }
}
