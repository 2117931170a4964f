import type { EngineName } from '../course/types.ts'
import { lookForEngine } from '../engines/docker/reachable.ts'
import { loadImages } from '../images/manifest.ts'
import { imageStates } from '../images/state.ts'

/** The engines that gates can run on here, and in words why docker is not among them. */
export interface ReachableEngines {
  engines: EngineName[]
  /** E.g. "no Docker engine answers"; undefined when docker is there. */
  without?: string
}

/** Looks what this machine has: docker counts when an engine answers and every image that a lab may need is there. At most 8 s. */
export async function reachableEngines(root: string): Promise<ReachableEngines> {
  const found = await lookForEngine()
  if (typeof found === 'string') return { engines: ['embedded'], without: `no Docker engine answers (${found})` }
  const images = loadImages(root)
  const needed = images.filter(({ optional }) => !optional)
  const missing = (await imageStates(needed, images)).filter(({ state }) => state === 'missing').map(({ image }) => image.name)
  if (missing.length > 0)
    return { engines: ['embedded'], without: `images are missing (${missing.join(', ')}): pnpm images pull, or pnpm images build` }
  return { engines: ['embedded', 'docker'] }
}
