import { MalformedFrameError } from './errors.ts'

const TWO_32 = 2 ** 32

/**
 * A cursor over one frame. Every read checks the bounds first and throws {@link MalformedFrameError}, so a lying length can
 * neither read past the frame nor allocate more than the frame itself holds. `version` and `flexible` say how to read it.
 */
export class Reader {
  readonly buffer: Buffer
  position: number
  version = 0
  flexible = false

  constructor(buffer: Buffer, position = 0) {
    this.buffer = buffer
    this.position = position
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.buffer.length - this.position
  }

  #advance(bytes: number): number {
    const at = this.position
    if (bytes < 0 || at + bytes > this.buffer.length) {
      throw new MalformedFrameError(`${bytes} bytes wanted at ${at}, the frame has ${this.buffer.length}`)
    }
    this.position = at + bytes
    return at
  }

  int8(): number {
    return this.buffer.readInt8(this.#advance(1))
  }
  int16(): number {
    return this.buffer.readInt16BE(this.#advance(2))
  }
  int32(): number {
    return this.buffer.readInt32BE(this.#advance(4))
  }
  /** Offsets, ids and times fit 2^53: a number is exact there. Larger (hostile) values lose their low bits, never their sign. */
  int64(): number {
    const at = this.#advance(8)
    return this.buffer.readInt32BE(at) * TWO_32 + this.buffer.readUInt32BE(at + 4)
  }
  float64(): number {
    return this.buffer.readDoubleBE(this.#advance(8))
  }

  /** Base-128, least significant group first, at most 5 bytes. */
  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer[this.#advance(1)]!
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new MalformedFrameError('a varint of more than 5 bytes')
  }

  /** Zigzag varint, as record fields use it. */
  varint(): number {
    const raw = this.unsignedVarint()
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
  }

  /** Zigzag varlong (timestamp deltas); at most 10 bytes. */
  varlong(): number {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.buffer[this.#advance(1)]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return Number(BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n)))
    }
    throw new MalformedFrameError('a varlong of more than 10 bytes')
  }

  /** A view, not a copy: it lives as long as the frame. */
  raw(length: number): Buffer {
    const at = this.#advance(length)
    return this.buffer.subarray(at, at + length)
  }

  text(length: number): string {
    const at = this.#advance(length)
    return this.buffer.toString('utf8', at, at + length)
  }

  /** Tagged fields we do not know are skipped, which is what lets newer clients talk to us. */
  skipTags(): void {
    for (let count = this.unsignedVarint(); count > 0; count--) {
      this.unsignedVarint()
      this.raw(this.unsignedVarint())
    }
  }
}
