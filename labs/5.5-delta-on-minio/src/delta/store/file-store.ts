import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DeltaError } from '../errors.ts'
import type { ObjectInfo, ObjectStore } from './object-store.ts'

const missing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

/** A table in a directory of a local file system. `link` is the atomic put-if-absent: it fails where the name is taken. */
export class FileStore implements ObjectStore {
  readonly url: string
  readonly #root: string

  constructor(root: string) {
    this.#root = root
    this.url = pathToFileURL(root).href
  }

  #file(path: string): string {
    const file = join(this.#root, path)
    if (relative(this.#root, file).split(sep)[0] === '..')
      throw new DeltaError('DELTA_INVALID_ARGUMENT', `The path '${path}' leads out of the table.`)
    return file
  }

  async get(path: string): Promise<Uint8Array | undefined> {
    return await readFile(this.#file(path)).catch(error => (missing(error) ? undefined : Promise.reject(error)))
  }

  async getRange(path: string, start: number, end: number): Promise<Uint8Array | undefined> {
    const handle = await open(this.#file(path)).catch(error => (missing(error) ? undefined : Promise.reject(error)))
    if (!handle) return undefined
    try {
      const bytes = new Uint8Array(end - start)
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
      return bytes.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  }

  async put(path: string, bytes: Uint8Array): Promise<void> {
    const temporary = await this.#write(path, bytes)
    await rename(temporary, this.#file(path))
    await syncDirectory(dirname(temporary))
  }

  async putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    const temporary = await this.#write(path, bytes)
    try {
      await link(temporary, this.#file(path))
      await syncDirectory(dirname(temporary))
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    } finally {
      await rm(temporary, { force: true })
    }
  }

  /** The leading dot hides it from every reader, and from vacuum until it is old. */
  async #write(path: string, bytes: Uint8Array): Promise<string> {
    const directory = dirname(this.#file(path))
    await mkdir(directory, { recursive: true })
    const temporary = join(directory, `.${randomUUID()}.tmp`)
    const handle = await open(temporary, 'wx')
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return temporary
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    const under = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    const entries = await readdir(this.#file(under), { recursive: true, withFileTypes: true }).catch(error =>
      missing(error) ? [] : Promise.reject(error),
    )
    for (const entry of entries) {
      if (!entry.isFile()) continue
      const file = join(entry.parentPath, entry.name)
      const path = relative(this.#root, file).split(sep).join('/')
      if (!path.startsWith(prefix)) continue
      const info = await stat(file).catch(error => (missing(error) ? undefined : Promise.reject(error)))
      if (info) yield { path, size: info.size, lastModified: info.mtimeMs }
    }
  }

  async delete(path: string): Promise<void> {
    await rm(this.#file(path), { force: true })
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
