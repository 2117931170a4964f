import fs from 'node:fs'
import { promisify } from 'node:util'

const open = promisify(fs.open)
const close = promisify(fs.close)
const fdatasync = promisify(fs.fdatasync)
const ftruncate = promisify(fs.ftruncate)

/** An open file. Every position is absolute, so that concurrent reads and writes need no shared cursor. */
export interface StoreFile {
  /** Reads `length` bytes at `position`, into the buffer where one is given; fewer only at the end of the file. */
  read(position: number, length: number, into?: Buffer): Promise<Buffer>
  /** Writes all buffers one after the other at `position`. Nothing is durable before `sync`. */
  write(buffers: Buffer[], position: number): Promise<void>
  /** Makes everything written so far durable, with the file's length. */
  sync(): Promise<void>
  truncate(length: number): Promise<void>
  close(): Promise<void>
}

/**
 * The part of a file system that the store relies on. Tests put a simulated one in its place that loses power:
 * written data is durable after `StoreFile.sync`, a created, renamed or removed name after `syncDirectory`.
 */
export interface FileSystem {
  makeDirectory(path: string): Promise<void>
  list(directory: string): Promise<string[]>
  size(path: string): Promise<number>
  /** Opens a new file for reading and writing; throws EEXIST where the name is taken. */
  create(path: string): Promise<StoreFile>
  open(path: string, mode: 'read' | 'read-write'): Promise<StoreFile>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  syncDirectory(path: string): Promise<void>
}

/** Up to this, reading from or writing to the page cache is cheaper than a trip to the thread pool and back. */
const INLINE = 16 * 1024

class NodeFile implements StoreFile {
  private readonly fd: number

  constructor(fd: number) {
    this.fd = fd
  }

  async read(position: number, length: number, into?: Buffer): Promise<Buffer> {
    const buffer = into?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length)
    let filled = 0
    while (filled < length) {
      const inline = length - filled <= INLINE
      const read = inline
        ? fs.readSync(this.fd, buffer, filled, length - filled, position + filled)
        : await this.readOnce(buffer, filled, position + filled)
      if (read === 0) return buffer.subarray(0, filled)
      filled += read
    }
    return buffer
  }

  async write(buffers: Buffer[], position: number): Promise<void> {
    let rest = buffers
    let total = buffers.reduce((sum, buffer) => sum + buffer.length, 0)
    while (total > 0) {
      const written = total <= INLINE ? fs.writevSync(this.fd, rest, position) : await this.writeOnce(rest, position)
      position += written
      total -= written
      if (total > 0) rest = dropBytes(rest, written)
    }
  }

  sync(): Promise<void> {
    return fdatasync(this.fd)
  }

  truncate(length: number): Promise<void> {
    return ftruncate(this.fd, length)
  }

  close(): Promise<void> {
    return close(this.fd)
  }

  private readOnce(buffer: Buffer, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) =>
      fs.read(this.fd, buffer, offset, buffer.length - offset, position, (error, bytes) => (error ? reject(error) : resolve(bytes))),
    )
  }

  private writeOnce(buffers: Buffer[], position: number): Promise<number> {
    return new Promise((resolve, reject) =>
      fs.writev(this.fd, buffers, position, (error, bytes) => (error ? reject(error) : resolve(bytes))),
    )
  }
}

/** A short write took `count` bytes: what is left to write. */
function dropBytes(buffers: Buffer[], count: number): Buffer[] {
  const rest: Buffer[] = []
  for (const buffer of buffers) {
    if (count < buffer.length) rest.push(buffer.subarray(count))
    count = Math.max(0, count - buffer.length)
  }
  return rest
}

/** The real file system. */
export const nodeFileSystem: FileSystem = {
  makeDirectory: async path => void (await fs.promises.mkdir(path, { recursive: true })),
  list: directory => fs.promises.readdir(directory),
  size: async path => (await fs.promises.stat(path)).size,
  create: async path => new NodeFile(await open(path, 'wx+', 0o600)),
  open: async (path, mode) => new NodeFile(await open(path, mode === 'read' ? 'r' : 'r+')),
  rename: (from, to) => fs.promises.rename(from, to),
  remove: path => fs.promises.rm(path),
  async syncDirectory(path) {
    const fd = await open(path, 'r')
    try {
      await promisify(fs.fsync)(fd)
    } finally {
      await close(fd)
    }
  },
}
