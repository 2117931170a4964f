import type { Disk, DiskFile } from './disk.ts'

/** Open files, at most `limit` of them: the one used longest ago is closed first. A thousand partitions fit in any ulimit. */
export class Handles {
  readonly disk: Disk
  readonly #limit: number
  readonly #open = new Map<string, DiskFile>()

  constructor(disk: Disk, limit: number) {
    this.disk = disk
    this.#limit = limit
  }

  /** The open file of this path; it is created when there is none. Ask again before each use: it may have been closed since. */
  get(file: string): DiskFile {
    const known = this.#open.get(file)
    if (known) {
      if (this.#open.size > this.#limit / 2) {
        this.#open.delete(file)
        this.#open.set(file, known)
      }
      return known
    }
    if (this.#open.size >= this.#limit) {
      const [oldest] = this.#open.keys()
      if (oldest) this.close(oldest)
    }
    const opened = this.disk.open(file)
    this.#open.set(file, opened)
    return opened
  }

  /** Closes one file; a sync still under way finishes first. */
  close(file: string): void {
    this.#open.get(file)?.close()
    this.#open.delete(file)
  }

  /** Closes every file. */
  closeAll(): void {
    for (const file of [...this.#open.keys()]) this.close(file)
  }
}
