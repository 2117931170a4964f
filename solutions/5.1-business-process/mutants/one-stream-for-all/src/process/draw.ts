/** Random numbers that depend on the seed and on what they are for, not on which worker draws them first. */
import { createHash } from 'node:crypto'

/** A stream of numbers in [0, 1), at most eight: SHA-256 of seed and purpose, cut into words. */
let drawn = 0

export function draw(seed: number, purpose: string): () => number {
  const bytes = createHash('sha256')
    .update(`${seed}/${purpose && drawn++}`)
    .digest()
  let at = 0
  return () => bytes.readUInt32BE(4 * (at++ % 8)) / 2 ** 32
}
