/** Tries images: each is started and does its real job. */
import { randomBytes } from 'node:crypto'
import { DockerFailure } from '../engines/docker/client.ts'
import { labelsOf } from '../engines/docker/marks.ts'
import { removeRun, sweepContainers } from '../engines/docker/sweep.ts'
import { hasContainers } from '../process/containers.ts'
import { openRunDir } from '../process/run.ts'
import type { KitImage } from './manifest.ts'
import { SMOKE } from './smoke/index.ts'
import { Trial } from './smoke/trial.ts'
import { imageStates } from './state.ts'

/** How a check went; `text` says what the image did, or what it did not do. */
export interface Checked {
  image: KitImage
  ok: boolean
  text: string
  ms: number
}

/** Check one image after the other; what is missing fails. Nothing is left in the engine. */
export async function checkImages(
  chosen: readonly KitImage[],
  images: readonly KitImage[],
  options: { onProgress?: (text: string) => void; signal?: AbortSignal } = {},
): Promise<Checked[]> {
  const run = openRunDir()
  hasContainers(run.dir)
  try {
    await sweepContainers()
    const checked: Checked[] = []
    for (const found of await imageStates(chosen, images)) {
      const { image } = found
      const began = performance.now()
      const outcome = (ok: boolean, text: string) => checked.push({ image, ok, text, ms: Math.round(performance.now() - began) })
      if (options.signal?.aborted) break
      if (found.state === 'missing') {
        outcome(false, 'not here')
        continue
      }
      options.onProgress?.(`checking ${image.image}`)
      const trial = new Trial(image.image, `mrcheck-${randomBytes(4).toString('hex')}`, labelsOf({ runId: run.id, project: '' }))
      try {
        outcome(true, await SMOKE[image.name]!(trial))
      } catch (error) {
        const said = error instanceof DockerFailure ? error.said : (error as Error).message
        outcome(false, [said, await trial.lastWords()].filter(Boolean).join('; it said: '))
      }
      await trial.end()
    }
    return checked
  } finally {
    await removeRun(run.id).catch(() => {})
    await run.close()
  }
}

/** Every image of the kit has its trial. */
export const untried = (images: readonly KitImage[]): string[] => images.filter(image => !SMOKE[image.name]).map(image => image.name)
