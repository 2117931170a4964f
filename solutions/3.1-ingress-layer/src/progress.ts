/** How far each file of the inbox has been acknowledged. One small file a file, replaced as a whole. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Progress {
  /** Which file of this name it is about. */
  identity: string
  /** Bytes, and lines, that are done. */
  offset: number
  line: number
}

/** Progress in a folder. */
export class ProgressStore {
  readonly #dir: string

  constructor(dir: string) {
    this.#dir = dir
  }

  /** What is known about exactly this file. */
  async read(name: string, identity: string): Promise<Progress | undefined> {
    try {
      const progress = JSON.parse(await readFile(this.#path(name), 'utf8')) as Progress
      return progress.identity === identity ? progress : undefined
    } catch {
      return undefined
    }
  }

  /** A kill in the middle leaves the old one. */
  async write(name: string, progress: Progress): Promise<void> {
    await mkdir(this.#dir, { recursive: true })
    await writeFile(`${this.#path(name)}.new`, JSON.stringify(progress))
    await rename(`${this.#path(name)}.new`, this.#path(name))
  }

  async forget(name: string): Promise<void> {
    await rm(this.#path(name), { force: true })
  }

  #path(name: string): string {
    return join(this.#dir, `${encodeURIComponent(name)}.json`)
  }
}
