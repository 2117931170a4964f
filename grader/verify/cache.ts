import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir } from '../process/places.ts'

/** Kept entries; the oldest go first. */
const MAX_ENTRIES = 5000

/** A store of JSON values by content hash; a damaged entry counts as absent. */
export class HashCache<T> {
  private readonly dir: string

  /** @param name folder below the cache folder, e.g. "verify" */
  constructor(name: string) {
    this.dir = join(cacheDir(), name)
    mkdirSync(this.dir, { recursive: true })
  }

  get(key: string): T | undefined {
    try {
      return JSON.parse(readFileSync(join(this.dir, `${key}.json`), 'utf8')) as T
    } catch {
      return undefined
    }
  }

  set(key: string, value: T): void {
    const path = join(this.dir, `${key}.json`)
    writeFileSync(`${path}.${process.pid}.tmp`, JSON.stringify(value))
    renameSync(`${path}.${process.pid}.tmp`, path)
    this.prune()
  }

  private prune(): void {
    const names = readdirSync(this.dir)
    if (names.length <= MAX_ENTRIES) return
    const byAge = names
      .map(name => ({ name, at: statSync(join(this.dir, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
      .sort((a, b) => a.at - b.at)
    for (const { name } of byAge.slice(0, names.length - MAX_ENTRIES)) rmSync(join(this.dir, name), { force: true })
  }
}
