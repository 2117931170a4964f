import { askDocker, type DockerFailure } from '../engines/docker/client.ts'
import type { KitImage } from './manifest.ts'

/** Milliseconds for one image. */
const WITHIN = 10 * 60_000

/** Pull official images one after the other; tells of each how it went, and goes on. */
export async function pullImages(
  chosen: readonly KitImage[],
  options: { onProgress?: (text: string) => void; signal?: AbortSignal } = {},
): Promise<{ ok: boolean; text: string }[]> {
  const { onProgress, signal } = options
  const lines: { ok: boolean; text: string }[] = []
  for (const { name, image } of chosen) {
    onProgress?.(`pulling ${image}`)
    const onLine = (line: string) => onProgress?.(`${name}: ${line}`)
    const said = await askDocker(['pull', image], { within: WITHIN, onLine, ...(signal ? { signal } : {}) }).then(
      ({ code, stderr }) => (code === 0 ? undefined : stderr.trim().split('\n').at(-1)),
      error => (error as DockerFailure).message,
    )
    lines.push(said === undefined ? { ok: true, text: `${image} pulled` } : { ok: false, text: `${image}: ${said}` })
  }
  return lines
}
