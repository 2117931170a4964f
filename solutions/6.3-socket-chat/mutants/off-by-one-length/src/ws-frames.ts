/** WebSocket frames: RFC 6455, section 5. */

export const OP = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A breach of the rules, with the close code that the peer is told (section 7.4.1). */
export class WsError extends Error {
  readonly closeCode: number
  constructor(closeCode: number, message: string) {
    super(message)
    this.closeCode = closeCode
  }
}

export interface WsFrame {
  fin: boolean
  opcode: number
  payload: Buffer
}

/** A frame from the server: whole, not masked (section 5.1). */
export function encodeWsFrame(opcode: number, payload: string | Buffer): Buffer {
  const length = Buffer.byteLength(payload)
  const head = length <= 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(head + length)
  frame[0] = 0x80 | opcode
  if (head === 2) frame[1] = length
  else if (head === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  if (typeof payload === 'string') frame.write(payload, head)
  else payload.copy(frame, head)
  return frame
}

/** Cuts a client's bytes into frames and takes the masks off. */
export class WsDecoder {
  private rest: Buffer = Buffer.alloc(0)
  private chunks: Buffer[] = []
  private size = 0
  /** Bytes needed before another look makes sense: a large frame in small pieces is joined once, not each time. */
  private needed = 2
  private readonly most: number

  /** @param most largest payload of one frame in bytes */
  constructor(most: number) {
    this.most = most
  }

  /** @throws WsError for what a client must not send */
  *feed(chunk: Buffer): Generator<WsFrame> {
    this.chunks.push(chunk)
    this.size += chunk.length
    if (this.size < this.needed) {
      // Bounds the number of pieces, and with it the memory that many tiny ones would hold.
      if (this.chunks.length >= 256) this.chunks = [Buffer.concat(this.chunks)]
      return
    }
    this.rest = Buffer.concat(this.chunks)
    for (let frame = this.take(); frame; frame = this.take()) yield frame
    this.chunks = this.rest.length > 0 ? [Buffer.from(this.rest)] : []
    this.size = this.rest.length
    this.rest = Buffer.alloc(0)
  }

  private take(): WsFrame | undefined {
    const bytes = this.rest
    const lacks = (count: number): boolean => {
      this.needed = count
      return bytes.length < count
    }
    if (lacks(2)) return
    const [first, second] = [bytes[0]!, bytes[1]!]
    const opcode = first & 0x0f
    const fin = (first & 0x80) !== 0
    let length = second & 0x7f
    if ((first & 0x70) !== 0) throw new WsError(1002, 'a reserved bit is set')
    if (opcode > 10 || (opcode > 2 && opcode < 8)) throw new WsError(1002, 'a reserved opcode')
    if ((second & 0x80) === 0) throw new WsError(1002, 'a client masks its frames')
    if (opcode >= 8 && (!fin || length > 125)) throw new WsError(1002, 'control frames are whole and short')
    let at = 2
    if (length === 126) {
      if (lacks(4)) return
      length = bytes.readUInt16BE(2)
      at = 4
    } else if (length === 127) {
      if (lacks(10)) return
      const long = bytes.readBigUInt64BE(2)
      length = long > 0xffff_ffffn ? Number.MAX_SAFE_INTEGER : Number(long)
      at = 10
    }
    if (length > this.most) throw new WsError(1009, 'too large')
    if (lacks(at + 4 + length)) return
    const mask = bytes.subarray(at, at + 4)
    const payload = Buffer.from(bytes.subarray(at + 4, at + 4 + length))
    for (let i = 0; i < payload.length; i++) payload[i]! ^= mask[i & 3]!
    this.rest = bytes.subarray(at + 4 + length)
    this.needed = 2
    return { fin, opcode, payload }
  }
}
