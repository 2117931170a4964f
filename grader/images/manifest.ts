/** compose/images.yaml: every image of the course, once. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { CodedError } from '../errors/coded-error.ts'
import { nearest } from '../ui/nearest.ts'

const text = z.string().min(3)
const schema = z.strictObject({
  images: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z][a-z0-9-]*$/),
      image: z.string().regex(/^[a-z0-9./-]+:[\w.-]+$/),
      purpose: text,
      licence: text,
      inside: text,
      differs: text,
      from: z.array(z.string()).default([]),
      files: z.array(z.string()).default([]),
      optional: z.boolean().default(false),
    }),
  ),
})

/** One image of the kit. `recipe` is the folder of its recipe (absolute). */
export type KitImage = z.infer<typeof schema>['images'][number] & { recipe: string }

/**
 * Every image, a base before what is built from it.
 * @throws CodedError MR-E-126 when the file is wrong: a key, a name twice, a base that does not come first, a recipe that is missing
 */
export function loadImages(root: string): KitImage[] {
  const refuse = (message: string): never => {
    throw new CodedError('MR-E-126', { message })
  }
  const read = schema.safeParse(parse(readFileSync(join(root, 'compose/images.yaml'), 'utf8')))
  if (!read.success) return refuse(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
  const images = read.data.images.map(image => ({ ...image, recipe: join(root, 'compose/images', image.name) }))
  const seen = new Set<string>()
  for (const { name, image, from, recipe } of images) {
    if (seen.has(name) || seen.has(image)) refuse(`${name} (${image}) is there twice`)
    for (const base of from) if (!seen.has(base)) refuse(`${name} is from ${base}, which must come before it`)
    if (!existsSync(recipe)) refuse(`${name} has no recipe: compose/images/${name}/ is missing`)
    seen.add(name).add(image)
  }
  return images
}

/**
 * The images that are named (by name or by image), or all when none is.
 * @throws CodedError MR-E-125 for a name that is not there
 */
export function chooseImages(images: readonly KitImage[], names: readonly string[]): KitImage[] {
  if (names.length === 0) return [...images]
  for (const name of names)
    if (!images.some(image => image.name === name || image.image === name))
      throw new CodedError('MR-E-125', {
        name,
        nearest:
          nearest(
            name,
            images.map(image => image.name),
          ) ?? images.map(image => image.name).join(', '),
      })
  return images.filter(image => names.includes(image.name) || names.includes(image.image))
}

/** The images with everything they are built from, bases first. */
export function withBases(images: readonly KitImage[], chosen: readonly KitImage[]): KitImage[] {
  const needed = new Set(chosen.map(image => image.name))
  for (const image of images.toReversed()) if (needed.has(image.name)) for (const base of image.from) needed.add(base)
  return images.filter(image => needed.has(image.name))
}
