/** Small files of our own under .millrace/: written whole or not at all; a damaged one is set aside, never a crash. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { z } from 'zod'

/** Writes by temporary file and rename, so that a reader sees the old file or the new one, also when we are killed in between. */
export function writeFileAtomic(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(temporary, content)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Writes a value as JSON, whole or not at all. */
export const writeJson = (path: string, value: unknown): void => writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`)

/**
 * A JSON file held to a schema, or `fallback` when there is none. A damaged file is renamed to `<name>.damaged-<n>` and `note` is told.
 * @throws other file system errors (permissions)
 */
export function readJson<T>(path: string, schema: z.ZodType<T>, fallback: T, note: (text: string) => void = () => {}): T {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return fallback
    throw error
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    const aside = `${path}.damaged-${Date.now()}`
    try {
      renameSync(path, aside)
    } catch (error) {
      // Another process set it aside at the same moment.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    note(`${path} could not be read and was set aside as ${aside}; what it recorded starts afresh.`)
    return fallback
  }
}
