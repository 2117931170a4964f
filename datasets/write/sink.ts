import { createHash } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { DataError } from '../errors.ts'

/** Characters that are gathered before a write: large enough for few system calls, small enough for steady progress. */
const CHUNK = 1 << 18

/** What the manifest says of a file. */
export interface FileFacts {
  readonly path: string
  readonly bytes: number
  /** Lines of data: without the header, and a record with a line break in a field counts once. */
  readonly records: number
  readonly sha256: string
}

/** Turns a failed system call into MR-D-005. */
export function cannotWrite(file: string, error: unknown): DataError {
  const { code, message } = error as NodeJS.ErrnoException
  return new DataError('MR-D-005', { path: file, reason: code ?? message }, { cause: error })
}

/** A file under its temporary name `<name>.<pid>.partial`. `finish` gives it its own name; until then nothing of that name is touched. */
export class FileSink {
  readonly #directory: string
  readonly #name: string
  readonly #handle: FileHandle
  readonly #hash = createHash('sha256')
  #pending: string[] = []
  #pendingLength = 0
  #bytes = 0
  #records = 0
  #closed = false

  private constructor(directory: string, name: string, handle: FileHandle) {
    this.#directory = directory
    this.#name = name
    this.#handle = handle
  }

  /** Opens `name` (with `/` between folders) below a directory; its folder must exist. Throws MR-D-005. */
  static async open(directory: string, name: string): Promise<FileSink> {
    const temporary = path.join(directory, `${name}.${process.pid}.partial`)
    try {
      return new FileSink(directory, name, await open(temporary, 'w'))
    } catch (error) {
      throw cannotWrite(temporary, error)
    }
  }

  /** Takes one record (a header is no record). Returns true when the caller must `await flush()` before the next. */
  push(text: string, isRecord = true): boolean {
    this.#pending.push(text)
    this.#pendingLength += text.length
    if (isRecord) this.#records++
    return this.#pendingLength >= CHUNK
  }

  /** Writes what was gathered; resolves when the system has taken it, which is all the backpressure there is. */
  async flush(): Promise<void> {
    if (this.#pendingLength === 0) return
    const chunk = Buffer.from(this.#pending.join(''), 'utf8')
    this.#pending = []
    this.#pendingLength = 0
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    try {
      await this.#handle.writeFile(chunk)
    } catch (error) {
      throw cannotWrite(this.#temporary, error)
    }
  }

  /** Writes the rest and closes; the file keeps its temporary name. */
  async close(): Promise<FileFacts> {
    await this.flush()
    await this.#closeHandle()
    return { path: this.#name, bytes: this.#bytes, records: this.#records, sha256: this.#hash.digest('hex') }
  }

  /** Gives the closed file its name. */
  async publish(): Promise<void> {
    const file = path.join(this.#directory, this.#name)
    try {
      await rename(this.#temporary, file)
    } catch (error) {
      throw cannotWrite(file, error)
    }
  }

  /** Removes the temporary file, if it is still there. */
  async discard(): Promise<void> {
    await this.#closeHandle()
    await rm(this.#temporary, { force: true })
  }

  get #temporary(): string {
    return path.join(this.#directory, `${this.#name}.${process.pid}.partial`)
  }

  async #closeHandle(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#handle.close()
  }
}
