import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { DataError } from '../errors.ts'
import { cannotWrite } from './sink.ts'

export const MANIFEST = 'manifest.json'

/** Every file that a data set can have, in the order of the manifest. */
export const DATASET_FILES = [
  'depots.csv',
  'vehicles.csv',
  'shipments.csv',
  'readings.csv',
  'readings.ndjson',
  'truth/labels.ndjson',
  'truth/alerts.ndjson',
  'truth/incidents.ndjson',
] as const
export type DatasetFile = (typeof DATASET_FILES)[number]

/** The directory of a data set while it is written. */
export class OutputDirectory {
  readonly path: string
  readonly #created: string | undefined

  private constructor(directory: string, created: string | undefined) {
    this.path = directory
    this.#created = created
  }

  /**
   * Makes the directory ready: it must be empty, or `force` must be set. Removes what killed runs left behind.
   * Throws MR-D-004 (not empty), MR-D-005 (not writable), MR-D-008 (another run is at work).
   */
  static async prepare(out: string, force: boolean): Promise<OutputDirectory> {
    const directory = path.resolve(out)
    try {
      const present = await list(directory)
      await sweep(directory, present)
      const kept = present.filter(name => !name.endsWith('.partial') && name !== 'truth')
      const truth = present.filter(name => name.startsWith('truth/') && !name.endsWith('.partial'))
      if (!force && kept.length + truth.length > 0) throw new DataError('MR-D-004', { dir: out })
      const created = await makeAll(directory)
      await makeAll(path.join(directory, 'truth'))
      return new OutputDirectory(directory, created)
    } catch (error) {
      throw error instanceof DataError ? error : cannotWrite(directory, error)
    }
  }

  /** Removes files of an older data set: the manifest first, so that a directory with a manifest is always complete. */
  async removeOld(keep: readonly string[]): Promise<void> {
    const stale = DATASET_FILES.filter(name => !keep.includes(name))
    for (const name of [MANIFEST, ...stale]) await rm(path.join(this.path, name), { force: true })
  }

  /** Undoes `prepare` as far as the directories it made are still empty. */
  async undo(): Promise<void> {
    const gone = async (directory: string): Promise<boolean> =>
      await rmdir(directory).then(
        () => true,
        () => false,
      )
    await gone(path.join(this.path, 'truth'))
    if (this.#created === undefined) return
    for (let directory = this.path; directory.length >= this.#created.length; directory = path.dirname(directory)) {
      if (!(await gone(directory))) return
    }
  }
}

/** Makes a directory and those above it; returns the topmost that was not there. (mkdir's own `recursive` never returns below /proc.) */
async function makeAll(directory: string): Promise<string | undefined> {
  const missing: string[] = []
  for (let at = directory; !(await exists(at)); at = path.dirname(at)) missing.unshift(at)
  for (const at of missing) await mkdir(at)
  return missing[0]
}

const exists = async (at: string): Promise<boolean> =>
  await stat(at).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )

/** Names in the directory and in its truth folder; empty when there is no such directory. */
async function list(directory: string): Promise<string[]> {
  const read = async (at: string): Promise<string[]> =>
    await readdir(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
  const names = await read(directory)
  const truth = names.includes('truth') ? await read(path.join(directory, 'truth')) : []
  return [...names, ...truth.map(name => `truth/${name}`)]
}

/** Removes `*.<pid>.partial` of processes that are gone; throws MR-D-008 if one is alive. */
async function sweep(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const pid = /\.(\d+)\.partial$/.exec(name)?.[1]
    if (pid === undefined) continue
    if (isAlive(Number(pid))) throw new DataError('MR-D-008', { dir: directory, pid })
    await rm(path.join(directory, name), { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
