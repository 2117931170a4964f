import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const IGNORED = new Set(['node_modules', '.millrace', '.git', '.DS_Store'])

/**
 * Hash of the contents and names of files and folders; the key under which a verdict may be reused.
 * @param root paths are hashed relative to it, so that two checkouts share a key
 * @param paths files or folders; a missing one counts as missing
 * @param salt whatever else decides the outcome: versions, options
 * @param counts which files count, by their path from the root; default all
 */
export function contentHash(
  root: string,
  paths: readonly string[],
  salt: Record<string, unknown> = {},
  counts: (path: string) => boolean = () => true,
): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify({ ...salt, node: process.version, platform: process.platform, arch: process.arch }))
  const visit = (path: string): void => {
    if (!existsSync(path)) return void hash.update(`missing ${relative(root, path)}\0`)
    const stat = lstatSync(path)
    if (stat.isDirectory()) {
      for (const name of readdirSync(path).sort()) if (!IGNORED.has(name)) visit(join(path, name))
    } else if (stat.isFile() && counts(relative(root, path))) {
      const content = readFileSync(path)
      hash.update(`${relative(root, path)}\0${content.length}\0`).update(content)
    }
  }
  for (const path of [...paths].sort()) visit(join(root, path))
  return hash.digest('hex').slice(0, 32)
}
