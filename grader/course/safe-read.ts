/** Reads folders that other people wrote: never through a link, never a device or a pipe, never more than the limits. */
import { closeSync, constants, fstatSync, lstatSync, opendirSync, openSync, readSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../errors/coded-error.ts'

/** Largest single file, bytes. */
export const FILE_BYTES = 1024 * 1024
/** All files of one lab together, bytes. */
export const TOTAL_BYTES = 10 * FILE_BYTES
/** Most files read from one lab. */
export const MAX_FILES = 500
/** Most folder levels below a lab. */
export const MAX_DEPTH = 12
/** Directory entries looked at before we give up on a folder. */
const MAX_ENTRIES = 5_000

/** A file's bytes and whether it may be executed (Docker builds copy the bit). */
export interface FileContent {
  content: Buffer
  executable: boolean
}

/** Left behind by editors, systems and tools; never part of a lab. */
export const isJunk = (name: string): boolean =>
  ['.DS_Store', 'Thumbs.db', '.git', '.env', '.millrace', '.idea', '.vscode', '__pycache__', '4913'].includes(name) ||
  /~$|^\.#|^#.*#$|^\..*\.sw[a-z]$|\.log$|\.tmp$|\.orig$|\.rej$/.test(name)

/** `lstat`, or undefined when there is nothing. */
export function lstatOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

const kindOf = (stat: Stats): string =>
  stat.isSymbolicLink() ? 'a symbolic link' : stat.isDirectory() ? 'a folder' : stat.isFile() ? 'a file' : 'a special file'

/**
 * A file below `base`, or undefined when there is none. No part of its path below `base` may be a link.
 * @param path relative, with forward slashes
 * @throws CodedError MR-E-014 for a link, a folder or a special file, MR-E-016 above `limit` bytes
 */
export function readPlainFile(base: string, path: string, lab: string, limit = FILE_BYTES): FileContent | undefined {
  const parts = path.split('/')
  for (let n = 1; n < parts.length; n++) {
    const stat = lstatOf(join(base, ...parts.slice(0, n)))
    if (!stat) return undefined
    if (!stat.isDirectory()) throw new CodedError('MR-E-014', { path: parts.slice(0, n).join('/'), what: kindOf(stat), lab })
  }
  const before = lstatOf(join(base, path))
  if (!before) return undefined
  if (!before.isFile()) throw new CodedError('MR-E-014', { path, what: kindOf(before), lab })
  // O_NOFOLLOW and fstat: what is read is what was looked at, also when the name is swapped in between.
  const fd = openSync(join(base, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw new CodedError('MR-E-014', { path, what: kindOf(stat), lab })
    if (stat.size > limit) throw new CodedError('MR-E-016', { path, limit: megabytes(limit) })
    return { content: readAll(fd, stat.size), executable: (stat.mode & 0o100) !== 0 }
  } finally {
    closeSync(fd)
  }
}

function readAll(fd: number, size: number): Buffer {
  const buffer = Buffer.alloc(size)
  let length = 0
  while (length < size) {
    const got = readSync(fd, buffer, length, size - length, length)
    if (got === 0) break
    length += got
  }
  return buffer.subarray(0, length)
}

const megabytes = (bytes: number): string => `${bytes / FILE_BYTES} MB`

/**
 * The files below `base`/`start`, as sorted paths relative to `base`; junk is left out.
 * @param options.recursive false: only the folder's own files
 * @param options.skip paths (relative to `base`) not looked into
 * @param options.odd `list`: name links, special files and node_modules like files, instead of refusing them
 * @throws CodedError MR-E-014 for a link or special file, MR-E-015 too many, MR-E-017 node_modules, MR-E-021 too deep
 */
export function listFiles(
  base: string,
  start: string,
  lab: string,
  options: { recursive?: boolean; skip?: (path: string) => boolean; limit?: number; odd?: 'refuse' | 'list' } = {},
): string[] {
  const { recursive = true, skip = () => false, limit = MAX_FILES, odd = 'refuse' } = options
  const found: string[] = []
  const walk = (dir: string, depth: number): void => {
    const here = lstatOf(join(base, dir))
    if (!here) return
    if (!here.isDirectory()) throw new CodedError('MR-E-014', { path: dir, what: kindOf(here), lab })
    if (depth > MAX_DEPTH) throw new CodedError('MR-E-021', { path: dir, limit: MAX_DEPTH })
    for (const name of entriesOf(join(base, dir), dir || lab)) {
      const path = dir ? `${dir}/${name}` : name
      if (isJunk(name) || skip(path)) continue
      const stat = lstatOf(join(base, path))
      if (!stat) continue
      if (stat.isDirectory()) {
        if (name !== 'node_modules') {
          if (recursive) walk(path, depth + 1)
          continue
        }
        if (odd === 'refuse') throw new CodedError('MR-E-017', { path })
      } else if (!stat.isFile() && odd === 'refuse') throw new CodedError('MR-E-014', { path, what: kindOf(stat), lab })
      found.push(path)
      if (found.length > limit) throw new CodedError('MR-E-015', { dir: dir || lab, limit })
    }
  }
  walk(start, start === '' ? 0 : start.split('/').length)
  return found.sort()
}

function entriesOf(dir: string, name: string): string[] {
  const names: string[] = []
  const handle = opendirSync(dir)
  try {
    for (let entry = handle.readSync(); entry; entry = handle.readSync()) {
      names.push(entry.name)
      if (names.length > MAX_ENTRIES) throw new CodedError('MR-E-015', { dir: name, limit: MAX_ENTRIES })
    }
  } finally {
    handle.closeSync()
  }
  return names
}

/** Adds up sizes; throws MR-E-016 with the file that goes over `TOTAL_BYTES`. */
export function sizeMeter(): (path: string, bytes: number) => void {
  let total = 0
  return (path, bytes) => {
    total += bytes
    if (total > TOTAL_BYTES) throw new CodedError('MR-E-016', { path, limit: megabytes(TOTAL_BYTES) })
  }
}
