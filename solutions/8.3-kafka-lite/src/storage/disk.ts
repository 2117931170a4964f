import fs from 'node:fs'
import path from 'node:path'

/**
 * One open file. Reads and writes are synchronous: they go to the page cache, which is faster than a trip to the thread pool, and
 * their order is the program's order. Only `sync` waits for the device, so only it is asynchronous.
 */
export interface DiskFile {
  size(): number
  /** Fills `target` from `position`; returns the bytes read, fewer at the end of the file. */
  read(target: Buffer, position: number): number
  write(source: Buffer, position: number): void
  truncate(size: number): void
  /** Resolves when everything written before the call is on the device. */
  sync(): Promise<void>
  close(): void
}

/** The file system as the log sees it: the seam where tests put a disk that loses power. */
export interface Disk {
  open(file: string): DiskFile
  /** Names in a directory; empty when there is none. */
  list(directory: string): string[]
  makeDirectory(directory: string): void
  remove(file: string): void
  removeTree(directory: string): Promise<void>
  rename(from: string, to: string): void
  readFile(file: string): Buffer | null
  /** Resolves when names created, renamed or removed in it survive power loss. */
  syncDirectory(directory: string): Promise<void>
}

const missing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'

function openFile(file: string): DiskFile {
  const fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644)
  let syncing = 0
  let closed = false
  const release = () => closed && syncing === 0 && fs.closeSync(fd)
  return {
    size: () => fs.fstatSync(fd).size,
    read(target, position) {
      let done = 0
      while (done < target.length) {
        const n = fs.readSync(fd, target, done, target.length - done, position + done)
        if (n === 0) break
        done += n
      }
      return done
    },
    write(source, position) {
      for (let done = 0; done < source.length; ) done += fs.writeSync(fd, source, done, source.length - done, position + done)
    },
    truncate: size => fs.ftruncateSync(fd, size),
    sync() {
      syncing++
      return new Promise((resolve, reject) => {
        fs.fdatasync(fd, error => {
          syncing--
          release()
          error ? reject(error) : resolve()
        })
      })
    },
    close() {
      closed = true
      release()
    },
  }
}

/** The machine's file system. */
export const nodeDisk: Disk = {
  open: openFile,
  list(directory) {
    try {
      return fs.readdirSync(directory)
    } catch (error) {
      if (missing(error)) return []
      throw error
    }
  },
  makeDirectory: directory => void fs.mkdirSync(directory, { recursive: true }),
  remove: file => fs.rmSync(file, { force: true }),
  removeTree: directory => fs.promises.rm(directory, { recursive: true, force: true }),
  rename: (from, to) => fs.renameSync(from, to),
  readFile(file) {
    try {
      return fs.readFileSync(file)
    } catch (error) {
      if (missing(error)) return null
      throw error
    }
  },
  async syncDirectory(directory) {
    const handle = await fs.promises.open(directory, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

/** Replaces a file so that power loss leaves the old or the new content, never a mixture: write beside, sync, rename, sync the name. */
export async function replaceFile(disk: Disk, file: string, content: Buffer | string): Promise<void> {
  const beside = `${file}.tmp`
  const handle = disk.open(beside)
  try {
    handle.truncate(0)
    handle.write(Buffer.from(content), 0)
    await handle.sync()
  } finally {
    handle.close()
  }
  disk.rename(beside, file)
  await disk.syncDirectory(path.dirname(file))
}
