/** The grader's own reading of the protocol's framing: nothing here is shared with a solution. */
import { createHmac } from 'node:crypto'

/** A frame as JSON; what a learner's server sent is not trusted to have any field. */
export type Frame = { t: string } & Record<string, unknown>

/** A payload with its length before it. */
export function frame(payload: string | Uint8Array | object): Buffer {
  const body = payload instanceof Uint8Array ? payload : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  return Buffer.concat([header(body.length), body])
}

/** Four bytes that announce a payload. */
export function header(length: number): Buffer {
  return Buffer.from([(length >>> 24) & 255, (length >>> 16) & 255, (length >>> 8) & 255, length & 255])
}

/** Reads frames off a stream. Bytes that are no frame become `{ t: '(garbage)', saw }` and end the reading. */
export class FrameReader {
  private pending: Buffer[] = []
  private size = 0
  private broken = false

  read(chunk: Buffer): Frame[] {
    const frames: Frame[] = []
    if (this.broken) return frames
    this.pending.push(chunk)
    this.size += chunk.length
    for (;;) {
      const first = this.pending[0]
      if (this.size < 4 || !first) return frames
      const head = first.length >= 4 ? first : Buffer.concat(this.pending).subarray(0, 4)
      const length = head.readUInt32BE(0)
      if (length === 0 || length > 16_777_216) return this.giveUp(frames, `a frame of ${length} bytes`)
      if (this.size < 4 + length) return frames
      const all = this.pending.length === 1 ? first : Buffer.concat(this.pending)
      const text = all.toString('utf8', 4, 4 + length)
      const rest = all.subarray(4 + length)
      this.pending = rest.length > 0 ? [rest] : []
      this.size = rest.length
      const parsed = parse(text)
      if (!parsed) return this.giveUp(frames, text.slice(0, 200))
      frames.push(parsed)
    }
  }

  private giveUp(frames: Frame[], saw: string): Frame[] {
    this.broken = true
    return [...frames, { t: '(garbage)', saw }]
  }
}

function parse(text: string): Frame | undefined {
  try {
    const value = JSON.parse(text) as Frame
    return typeof value?.t === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** A valid token: PROTOCOL.md, section 2. */
export const token = (user: string, secret: string): string => `${user}.${createHmac('sha256', secret).update(user).digest('hex')}`
