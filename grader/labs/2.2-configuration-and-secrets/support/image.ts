/** What an image keeps: its record, and every layer on top of its base, also what a later layer removed. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { docker } from '../../../engines/docker/client.ts'
import type { Place } from './search.ts'

const run = promisify(execFile)
const BLOCK = 512

/** Layers of an image by their content's digest, lowest first. */
export const layersOf = async (image: string): Promise<string[]> =>
  JSON.parse(await docker(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', image])) as string[]

/** The image's configuration and history as the engine keeps them. */
export async function recordOf(image: string): Promise<Place[]> {
  const inspected = await docker(['image', 'inspect', image])
  const history = await docker(['history', '--no-trunc', '--format', '{{.CreatedBy}} {{.Comment}}', image])
  return [
    { name: 'the configuration of the image (docker image inspect)', content: inspected },
    { name: 'the history of the image (docker history --no-trunc)', content: history },
  ]
}

/**
 * The files of each layer that is not of `base`, read from `docker save`. Layers are the archives that the engine keeps, so a file that a later layer
 * removes is there too.
 * @param scratch an empty folder; holds the whole image for a moment
 */
export async function filesOf(image: string, base: string, scratch: string): Promise<Place[]> {
  const dir = join(scratch, 'image')
  mkdirSync(dir)
  const archive = join(scratch, 'image.tar')
  await docker(['save', '--output', archive, image], { within: 90_000 })
  await run('tar', ['-xf', archive, '-C', dir])
  const [manifest] = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as { Config: string; Layers: string[] }[]
  const own = (await layersOf(image)).length - (await sharedLayers(image, base))
  const places = manifest!.Layers.slice(-own).flatMap((path, n) =>
    filesIn(readFileSync(join(dir, path))).map(({ name, content }) => ({ name: `/${name} of layer ${n + 1} of the image`, content })),
  )
  return [{ name: 'the saved configuration of the image', content: readFileSync(join(dir, manifest!.Config)) }, ...places]
}

async function sharedLayers(image: string, base: string): Promise<number> {
  const [all, below] = await Promise.all([layersOf(image), layersOf(base)])
  return below.every((layer, n) => all[n] === layer) ? below.length : 0
}

/** Files of a tar archive. Source: POSIX pax, "ustar interchange format"; a long name's extra header is a file like another here. */
function filesIn(archive: Buffer): Place[] {
  const tar = archive[0] === 0x1f && archive[1] === 0x8b ? gunzipSync(archive) : archive
  const text = (at: number, length: number) => tar.toString('utf8', at, at + length).replace(/\0.*$/s, '')
  const files: Place[] = []
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8)
    const prefix = text(at + 345, 155)
    const name = `${prefix ? `${prefix}/` : ''}${text(at, 100)}`
    if (size > 0) files.push({ name, content: tar.subarray(at + BLOCK, at + BLOCK + size) })
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}
