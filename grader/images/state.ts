/** What this machine has of the kit, as the engine says. */
import { askDocker } from '../engines/docker/client.ts'
import type { KitImage } from './manifest.ts'
import { recipeHash } from './recipe-hash.ts'

/** Labels of a local build. */
export const LABEL = {
  local: 'org.millrace.local-build',
  recipe: 'org.millrace.recipe',
  version: 'org.millrace.version',
  differs: 'org.millrace.differs',
} as const

/** `local` was built here from the recipe as it is, `outdated` from an earlier one; `pulled` carries no label of ours. */
export type ImageState =
  | { image: KitImage; state: 'missing' }
  | { image: KitImage; state: 'local' | 'outdated' | 'pulled'; id: string; bytes: number; version: string | undefined }

/** The state of each image, in the order given. One question to the engine; throws DockerFailure when it does not answer in time. */
export async function imageStates(chosen: readonly KitImage[], images: readonly KitImage[]): Promise<ImageState[]> {
  if (chosen.length === 0) return []
  const { stdout } = await askDocker(['image', 'inspect', ...chosen.map(image => image.image)])
  const found = JSON.parse(stdout || '[]') as {
    Id: string
    RepoTags: string[] | null
    Size: number
    Config: { Labels: Record<string, string> | null }
  }[]
  return chosen.map((image): ImageState => {
    const seen = found.find(candidate => candidate.RepoTags?.includes(image.image))
    if (!seen) return { image, state: 'missing' }
    const labels = seen.Config.Labels ?? {}
    // An image's labels are inherited: what was built from a local build says so too, but it is no image of this list.
    const state = labels[LABEL.local] !== image.image ? 'pulled' : labels[LABEL.recipe] === recipeHash(image, images) ? 'local' : 'outdated'
    return { image, state, id: seen.Id, bytes: seen.Size, version: labels[LABEL.version] }
  })
}

/** "nginx:1.26 (nginx 1.26.3)" for each image that is a local build: for results and checkup. */
export async function localBuilds(chosen: readonly KitImage[], images: readonly KitImage[]): Promise<string[]> {
  const states = await imageStates(chosen, images)
  return states.flatMap(found =>
    found.state === 'local' || found.state === 'outdated' ? [`${found.image.image}${found.version ? ` (${found.version})` : ''}`] : [],
  )
}
