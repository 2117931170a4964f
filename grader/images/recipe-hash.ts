import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KitImage } from './manifest.ts'

/** Raise it when the way images are built changes, so that all are built anew. */
const BUILDER = 1

/** Every file of a folder, relative, sorted. */
const filesOf = (dir: string, prefix = ''): string[] =>
  readdirSync(dir, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => (entry.isDirectory() ? filesOf(join(dir, entry.name), `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`]))

/** A hash of everything a local build is made from: its recipe's files, its npm packages, and the hashes of its bases. */
export function recipeHash(image: KitImage, images: readonly KitImage[]): string {
  const hash = createHash('sha256').update(JSON.stringify([BUILDER, image.image, image.files]))
  for (const base of image.from) hash.update(recipeHash(images.find(candidate => candidate.name === base)!, images))
  for (const file of filesOf(image.recipe)) {
    const path = join(image.recipe, file)
    hash
      .update(JSON.stringify([file, (lstatSync(path).mode & 0o100) !== 0]))
      .update(readFileSync(path))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}
