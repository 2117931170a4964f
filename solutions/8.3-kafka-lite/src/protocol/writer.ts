const TWO_32 = 2 ** 32
/** Byte strings from this size on are kept by reference: a fetched megabyte is never copied on its way to the socket. */
const BY_REFERENCE = 4096

/** An append-only buffer that grows; large byte strings are linked in instead of copied. */
export class Writer {
  version = 0
  flexible = false
  #buffer: Buffer
  #start = 0
  #end = 0
  readonly #chunks: Buffer[] = []
  #linked = 0

  constructor(size = 256) {
    this.#buffer = Buffer.allocUnsafe(size)
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#linked + this.#end - this.#start
  }

  #reserve(bytes: number): number {
    const at = this.#end
    if (at + bytes > this.#buffer.length) {
      const bigger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, at - this.#start + bytes))
      this.#buffer.copy(bigger, 0, this.#start, at)
      this.#buffer = bigger
      this.#end = at - this.#start
      this.#start = 0
    }
    const position = this.#end
    this.#end += bytes
    return position
  }

  int8(value: number): void {
    const at = this.#reserve(1)
    this.#buffer.writeInt8(value, at)
  }
  int16(value: number): void {
    const at = this.#reserve(2)
    this.#buffer.writeInt16BE(value, at)
  }
  int32(value: number): void {
    const at = this.#reserve(4)
    this.#buffer.writeInt32BE(value, at)
  }
  int64(value: number): void {
    const at = this.#reserve(8)
    writeInt64(this.#buffer, value, at)
  }
  float64(value: number): void {
    const at = this.#reserve(8)
    this.#buffer.writeDoubleBE(value, at)
  }

  unsignedVarint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      const at = this.#reserve(1)
      this.#buffer[at] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    const at = this.#reserve(1)
    this.#buffer[at] = rest
  }

  varint(value: number): void {
    this.unsignedVarint(value >= 0 ? value * 2 : -value * 2 - 1)
  }

  text(value: string, length: number): void {
    const at = this.#reserve(length)
    this.#buffer.write(value, at, 'utf8')
  }

  raw(bytes: Buffer): void {
    if (bytes.length < BY_REFERENCE) {
      const at = this.#reserve(bytes.length)
      bytes.copy(this.#buffer, at)
      return
    }
    this.#cut()
    this.#chunks.push(bytes)
    this.#linked += bytes.length
  }

  #cut(): void {
    if (this.#end === this.#start) return
    this.#chunks.push(this.#buffer.subarray(this.#start, this.#end))
    this.#linked += this.#end - this.#start
    this.#start = this.#end
  }

  /** Everything written, in order, as few buffers. */
  chunks(): Buffer[] {
    this.#cut()
    return this.#chunks
  }

  /** Everything written, in one buffer. */
  toBuffer(): Buffer {
    const chunks = this.chunks()
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  }
}

/** Writes a safe integer as a big-endian int64. */
export function writeInt64(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / TWO_32)
  buffer.writeInt32BE(high, at)
  buffer.writeUInt32BE(value - high * TWO_32, at + 4)
}

/** Reads a big-endian int64 as a number (exact up to 2^53). */
export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * TWO_32 + buffer.readUInt32BE(at + 4)
}
