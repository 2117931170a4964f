/** Containers of a run: the run's folder says that it has some, so that whoever ends the run ends them too. */
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MARKER = 'has-containers'
const VOLUMES = 'anonymous-volumes'
const removing = fileURLToPath(new URL('../engines/docker/remove-run.ts', import.meta.url))

/** Write it before the first container is asked for. */
export const hasContainers = (runDir: string): void => writeFileSync(join(runDir, MARKER), '')

/** Notes a volume that carries no label, so that whoever ends the run finds it. */
export const noteVolume = (runDir: string, name: string): void => appendFileSync(join(runDir, VOLUMES), `${name}\n`)

/** The volumes noted in a run's folder. */
export function notedVolumes(runDir: string): string[] {
  try {
    return readFileSync(join(runDir, VOLUMES), 'utf8')
      .split('\n')
      .filter(name => name !== '')
  } catch {
    return []
  }
}

/** The run has removed them itself, and killed nobody who might have asked for more. */
export const hasNoContainers = (runDir: string): void => rmSync(join(runDir, MARKER), { force: true })

/**
 * Removes a run's containers, networks, volumes and images when its folder says that it has some. Synchronous, at most 25 s; an engine that
 * does not answer is left to the sweep at the next use of it, which goes by label.
 */
export function endContainers(runId: string, dir: string): void {
  if (!existsSync(join(dir, MARKER))) return
  spawnSync(process.execPath, [removing, runId, dir], { stdio: 'ignore', timeout: 25_000, killSignal: 'SIGKILL' })
}
