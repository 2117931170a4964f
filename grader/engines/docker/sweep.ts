/** Removes by label what runs left in the engine: containers, networks, volumes, and the images that projects built. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { runsDir } from '../../process/places.ts'
import { askDocker, docker } from './client.ts'
import { HOME_LABEL, home, KEEP_LABEL, projectPrefix, RUN_LABEL } from './marks.ts'

/** How many of each were removed. */
export interface Swept {
  containers: number
  networks: number
  volumes: number
  images: number
}

const lines = (text: string): string[] => text.split('\n').filter(line => line.trim() !== '')
const RUN_OF_IMAGE = /^mr([a-z0-9]+)-/

/** Milliseconds between two looks, when the engine may still be making what a killed client asked for. */
const QUIET = 2_000
/** Milliseconds for all looks: whoever ends a run has 25 s. */
const LOOKS_WITHIN = 22_000

/**
 * Remove everything that carries all of these labels, in looks until one finds nothing, at most five.
 * @param options.settle for clients that were killed: the engine goes on with what they asked for, for seconds when it is busy. Looks until two
 * in a row, two seconds apart, found nothing; a look that fails is repeated. At most 22 s.
 * @throws DockerFailure when the engine does not answer
 */
export async function removeLabelled(labels: readonly string[], imagePrefix?: string, options: { settle?: boolean } = {}): Promise<Swept> {
  const swept: Swept = { containers: 0, networks: 0, volumes: 0, images: 0 }
  const deadline = performance.now() + LOOKS_WITHIN
  for (let look = 0, empty = 0; options.settle ? empty < 2 && performance.now() < deadline : look < 5 && empty < 1; look++) {
    const found = await lookAndRemove(labels, imagePrefix, swept).catch(error => {
      if (!options.settle || performance.now() > deadline) throw error
      return 1
    })
    empty = found === 0 ? empty + 1 : 0
    if (options.settle && empty === 1) await delay(QUIET)
  }
  return swept
}

/** One look. Containers first: what they hold cannot be removed. */
async function lookAndRemove(labels: readonly string[], imagePrefix: string | undefined, swept: Swept): Promise<number> {
  let found = 0
  const filter = labels.flatMap(label => ['--filter', `label=${label}`])
  const remove = async (kind: keyof Swept, list: string[], removing: string[]) => {
    const ids = [...new Set(lines(await docker(list)))]
    if (ids.length === 0) return
    found += ids.length
    const { stdout } = await askDocker([...removing, ...ids], { within: 60_000 })
    swept[kind] += kind === 'images' ? ids.length : lines(stdout).length
  }
  await remove('containers', ['ps', '--all', '--quiet', '--no-trunc', ...filter], ['rm', '--force', '--volumes'])
  const images = ['image', 'ls', '--filter', `reference=${imagePrefix}*:run`, '--format', '{{.Repository}}:{{.Tag}}']
  await Promise.all([
    remove('networks', ['network', 'ls', '--quiet', ...filter], ['network', 'rm']),
    remove('volumes', ['volume', 'ls', '--quiet', ...filter], ['volume', 'rm', '--force']),
    imagePrefix ? remove('images', images, ['image', 'rm', '--force', '--no-prune']) : undefined,
  ])
  return found
}

/** Remove everything of one run; with `settle` also what the engine is still making. `runs`: the folder of its folder, where that is not ours. */
export const removeRun = (runId: string, options: { settle?: boolean; runs?: string } = {}): Promise<Swept> =>
  removeLabelled([`${RUN_LABEL}=${runId}`, `${HOME_LABEL}=${home(options.runs)}`], projectPrefix(runId), options)

/** Remove what KPIs of a run made for themselves: what a killed worker left. Warm projects stay. */
export const removeKpis = (runId: string): Promise<Swept> =>
  removeLabelled([`${RUN_LABEL}=${runId}`, `${HOME_LABEL}=${home()}`, `${KEEP_LABEL}=kpi`], `${projectPrefix(runId)}[0-9a-f]`)

/** Runs of this user on this machine that have something in the engine and no folder any more: their grader is gone. */
export async function deadRuns(): Promise<string[]> {
  const format = ['--format', `{{.Label "${RUN_LABEL}"}}`, '--filter', `label=${HOME_LABEL}=${home()}`]
  const found = await Promise.all([
    docker(['ps', '--all', ...format]),
    docker(['network', 'ls', ...format]),
    docker(['volume', 'ls', ...format]),
  ])
  const images = await docker([
    'image',
    'ls',
    '--filter',
    `label=${HOME_LABEL}=${home()}`,
    '--filter',
    'reference=mr*:run',
    '--format',
    '{{.Repository}}',
  ])
  const runs = new Set(found.flatMap(lines))
  for (const name of lines(images)) {
    const id = RUN_OF_IMAGE.exec(name)?.[1]
    if (id && /^[0-9a-f]{12}$/.test(id)) runs.add(id)
  }
  return [...runs].filter(runId => !existsSync(join(runsDir(), runId)))
}

/** Remove what dead runs left. Cheap when there is nothing. */
export async function sweepContainers(): Promise<Swept> {
  const total: Swept = { containers: 0, networks: 0, volumes: 0, images: 0 }
  for (const runId of await deadRuns()) {
    const swept = await removeRun(runId)
    for (const kind of Object.keys(total) as (keyof Swept)[]) total[kind] += swept[kind]
  }
  return total
}
