import { MalformedFrameError } from '../protocol/errors.ts'

/**
 * Cuts a byte stream into frames: size INT32, then that many bytes. Only what has arrived is held, whatever a size claims;
 * a size above the limit is refused as soon as it is seen.
 */
export class FrameSplitter {
  readonly #maxBytes: number
  #chunks: Buffer[] = []
  #held = 0
  #wanted = -1

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes held that do not make a whole frame yet. */
  get held(): number {
    return this.#held
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#held += chunk.length
  }

  /** The next whole frame without its size, or null. @throws MalformedFrameError when the size is negative or above the limit */
  next(): Buffer | null {
    if (this.#wanted < 0) {
      if (this.#held < 4) return null
      this.#wanted = this.#take(4).readInt32BE(0)
      if (this.#wanted < 0 || this.#wanted > this.#maxBytes) {
        throw new MalformedFrameError(`a frame of ${this.#wanted} bytes; the limit is ${this.#maxBytes}`)
      }
    }
    if (this.#held < this.#wanted) return null
    const frame = this.#take(this.#wanted)
    this.#wanted = -1
    return frame
  }

  #take(length: number): Buffer {
    this.#held -= length
    const first = this.#chunks[0]
    if (length === 0 || !first) return Buffer.alloc(0)
    if (first.length >= length) {
      if (first.length === length) this.#chunks.shift()
      else this.#chunks[0] = first.subarray(length)
      return first.subarray(0, length)
    }
    const taken: Buffer[] = []
    let missing = length
    let used = 0
    while (missing > 0) {
      const chunk = this.#chunks[used]!
      if (chunk.length <= missing) {
        taken.push(chunk)
        used++
      } else {
        taken.push(chunk.subarray(0, missing))
        this.#chunks[used] = chunk.subarray(missing)
      }
      missing -= Math.min(missing, chunk.length)
    }
    this.#chunks.splice(0, used)
    return Buffer.concat(taken, length)
  }
}
