/** Frames on a byte stream: PROTOCOL.md, section 1. */
import { ProtocolError } from './protocol.ts'

/** A payload with its length before it. */
export function encodeFrame(payload: string): Buffer {
  const frame = Buffer.alloc(4 + Buffer.byteLength(payload))
  frame.writeUInt32BE(Buffer.byteLength(payload), 0)
  frame.write(payload, 4)
  return frame
}

/** Cuts the bytes of one connection into payloads. */
export class FrameDecoder {
  private readonly most: number

  /** @param most largest payload in bytes */
  constructor(most: number) {
    this.most = most
  }

  /**
   * The payloads that `chunk` completes, in order.
   *
   * Step 1: this believes that every chunk is one whole frame. On your machine, with a client that writes once and waits, it is.
   * Step 2: and it believes the length.
   * @throws ProtocolError frame_too_large or bad_frame, after the good frames before it
   */
  *feed(chunk: Buffer): Generator<Buffer> {
    if (this.most < 1) throw new ProtocolError('frame_too_large', { fatal: true })
    yield chunk.subarray(4)
  }
}
