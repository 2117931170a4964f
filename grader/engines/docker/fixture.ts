/** The learner's compose project in a KPI. */
import { loadImages } from '../../images/manifest.ts'
import type { Plan } from '../../kpi/plan.ts'
import type { Timeline } from '../../kpi/types.ts'
import { hasContainers } from '../../process/containers.ts'
import { composeDefaults } from '../../services/compose-services.ts'
import { type BuildOptions, type BuiltImage, buildImage } from './built-image.ts'
import { openProject } from './compose.ts'
import type { ComposeProject, UpOptions } from './project.ts'
import { type WarmOptions, warmProject } from './warm.ts'

/** Which files make the project. */
export interface ProjectOptions {
  /** Compose files of the lab folder, in order; default compose.yaml. */
  files?: string[]
  /** Read in the place of `.env`. */
  envFile?: string
  /** For interpolation; the grader's own environment is never seen by a compose file. */
  env?: Record<string, string>
  profiles?: string[]
}

/**
 * A project is made when a KPI first asks for it, and removed at the KPI's end: containers, networks, volumes, images that it built.
 * Mistakes of the compose file (refused, not readable, a container that ends) are the KPI's failure; an engine that is not there is the machine's.
 */
export interface ComposeFixture {
  /** Reads and checks a project; starts nothing. Each call makes another one. */
  open(options?: ProjectOptions): Promise<ComposeProject>
  /** `open`, and starts it: every container runs, and is healthy where it has a healthcheck. */
  up(options?: ProjectOptions & UpOptions): Promise<ComposeProject>
  /**
   * The project that KPIs which only look share: what has not changed since the KPI or the save before stays up. Not for a KPI that writes,
   * kills, or reads logs.
   */
  warm(options?: ProjectOptions & WarmOptions): Promise<ComposeProject>
  /** Builds a Dockerfile of the lab folder, or of another one; the image goes at the KPI's end. */
  image(options?: BuildOptions & { dir?: string }): Promise<BuiltImage>
}

/** Milliseconds until a warm project is ready: some of its servers run on Java, beside each other, on a busy machine. */
const WARM_WITHIN = 240_000

/** Makes the fixture of one KPI. */
export function composeFixture(at: {
  plan: Plan
  root: string
  timeline: Timeline
  cleanups: (() => unknown)[]
  /** The warm project that the KPI's services are a part of already. */
  held?: ComposeProject
}): ComposeFixture {
  const { plan, root, timeline, cleanups, held } = at
  const images = loadImages(root).map(({ image }) => image)
  const { stays, portVariables } = composeDefaults(plan.compose)
  const here = { runId: plan.runId, runDir: plan.runDir, labDir: plan.workspace, images, timeline, portVariables }
  const open: ComposeFixture['open'] = async (options = {}) => {
    const project = await openProject({ ...options, ...here })
    cleanups.push(() => project.close())
    return project
  }
  return {
    open,
    async warm(options = {}) {
      if (held && Object.keys(options).length === 0) return held
      const project = await warmProject({ stays, within: WARM_WITHIN, ...options, ...here })
      cleanups.push(() => project.events.close())
      return project
    },
    async image({ dir = plan.workspace, ...options } = {}) {
      hasContainers(plan.runDir)
      const image = await buildImage(dir, plan.runId, options)
      cleanups.push(() => image.remove())
      return image
    },
    async up({ files, envFile, env, profiles, ...up } = {}) {
      const project = await open({
        ...(files ? { files } : {}),
        ...(envFile ? { envFile } : {}),
        ...(env ? { env } : {}),
        ...(profiles ? { profiles } : {}),
      })
      await project.up(up)
      return project
    },
  }
}
