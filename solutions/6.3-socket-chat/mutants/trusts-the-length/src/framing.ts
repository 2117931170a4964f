/** Frames on a byte stream: PROTOCOL.md, section 1. */
import { ProtocolError } from './protocol.ts'

const HEADER = 4

/** A payload with its length before it. */
export function encodeFrame(payload: string): Buffer {
  const length = Buffer.byteLength(payload)
  const frame = Buffer.allocUnsafe(HEADER + length)
  frame.writeUInt32BE(length, 0)
  frame.write(payload, HEADER)
  return frame
}

/** Cuts the bytes of one connection into payloads, however they arrive. */
export class FrameDecoder {
  private readonly most: number
  private header = 0
  private headerBytes = 0
  private body: Buffer | undefined
  private filled = 0

  /** @param most largest payload in bytes */
  constructor(most: number) {
    this.most = most
  }

  /**
   * The payloads that `chunk` completes, in order; a payload is only valid until the next one is asked for.
   * @throws ProtocolError frame_too_large or bad_frame, after the good frames before it
   */
  *feed(chunk: Buffer): Generator<Buffer> {
    let at = 0
    while (at < chunk.length) {
      while (this.headerBytes < HEADER && at < chunk.length) {
        this.header = this.header * 256 + chunk[at++]!
        this.headerBytes++
      }
      if (this.headerBytes < HEADER) return
      if (this.header > this.most) throw new ProtocolError('frame_too_large', { fatal: true })
      if (this.header === 0) throw new ProtocolError('bad_frame', { fatal: true })
      const missing = this.header - this.filled
      const part = chunk.subarray(at, at + missing)
      at += part.length
      if (part.length === this.header) yield this.complete(part)
      else {
        this.keep(part)
        if (this.filled === this.header) yield this.complete(this.body!.subarray(0, this.filled))
      }
    }
  }

  private complete(payload: Buffer): Buffer {
    this.header = this.headerBytes = this.filled = 0
    this.body = undefined
    return payload
  }

  /** Grows with what arrived, not with what was announced: a header of 64 KiB costs its sender 64 KiB, too. */
  private keep(part: Buffer): void {
    const needed = this.filled + part.length
    if (!this.body || this.body.length < needed) {
      const larger = Buffer.allocUnsafeSlow(this.header)
      this.body?.copy(larger, 0, 0, this.filled)
      this.body = larger
    }
    part.copy(this.body, this.filled)
    this.filled = needed
  }
}
