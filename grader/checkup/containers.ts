/** What the engine has of the course: images, and what dead runs left in it. Only asked when an engine answers. */
import { deadRuns, type Swept, sweepContainers } from '../engines/docker/sweep.ts'
import type { KitImage } from '../images/manifest.ts'
import { type ImageState, imageStates } from '../images/state.ts'
import type { Finding } from './finding.ts'

/** Which images were pulled, were built here, come from an older recipe, or are missing. */
export async function checkImages(
  images: readonly KitImage[],
  states: (images: readonly KitImage[]) => Promise<ImageState[]> = all => imageStates(all, all),
): Promise<Finding[]> {
  const found = await states(images)
  const named = (state: ImageState['state']) => found.filter(each => each.state === state).map(({ image }) => image)
  const [pulled, local, outdated, missing] = (['pulled', 'local', 'outdated', 'missing'] as const).map(named)
  const list = (chosen: KitImage[]) => chosen.map(({ image }) => image).join(', ')
  const findings: Finding[] = []
  if (pulled!.length > 0) findings.push({ id: 'images', level: 'ok', text: `pulled: ${list(pulled!)}` })
  if (local!.length > 0) findings.push({ id: 'images', level: 'ok', text: `built here: ${list(local!)}` })
  if (outdated!.length > 0)
    findings.push({
      id: 'images',
      level: 'note',
      text: `built here from an earlier recipe: ${list(outdated!)}`,
      fix: `pnpm images build ${outdated!.map(({ name }) => name).join(' ')}`,
    })
  if (missing!.length > 0) {
    const names = missing!.map(({ name }) => name).join(' ')
    findings.push({
      id: 'images',
      level: 'note',
      text: `not here: ${list(missing!)}; a lab says which of them it needs`,
      fix: `pnpm images pull ${names}, or without a registry: pnpm images build ${names}`,
    })
  }
  return findings
}

/** Containers, networks, volumes and images of runs whose grader is gone; `fix` removes them. */
export async function checkContainers(
  fix: boolean,
  engine: { dead: () => Promise<string[]>; sweep: () => Promise<Swept> } = { dead: deadRuns, sweep: sweepContainers },
): Promise<Finding[]> {
  const dead = await engine.dead()
  if (dead.length === 0) return [{ id: 'containers', level: 'ok', text: 'no container of an earlier run is left' }]
  if (fix) {
    const swept = Object.entries(await engine.sweep()).map(([kind, count]) => `${count} ${kind}`)
    return [{ id: 'containers', level: 'ok', text: `removed what dead runs left in Docker: ${swept.join(', ')}` }]
  }
  return [
    {
      id: 'containers',
      level: 'problem',
      text: `runs whose grader is gone left something in Docker: ${dead.join(', ')}`,
      fix: 'pnpm checkup --fix (the next grade on docker does it too)',
    },
  ]
}
