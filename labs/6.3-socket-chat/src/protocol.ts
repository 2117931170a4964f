/** Payloads: checked when they come in, written when they go out. PROTOCOL.md, sections 2 to 7. Given: not yours to change. */
import type { ClientFrame, ErrorCode, Outgoing, ServerFrame } from './types.ts'

/** A client's mistake, with the code it is told. */
export class ProtocolError extends Error {
  readonly code: ErrorCode
  readonly fatal: boolean
  /** The id of the frame, when it has a valid one. */
  readonly id: string | undefined
  constructor(code: ErrorCode, options: { fatal: boolean; id?: string | undefined }) {
    super(code)
    this.code = code
    this.fatal = options.fatal
    this.id = options.id
  }
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const isName = (value: unknown): value is string => typeof value === 'string' && NAME.test(value)
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Which fields each frame must have. A map, so that `{"t":"constructor"}` finds nothing. */
const SHAPES = new Map<string, (frame: Record<string, unknown>) => boolean>([
  ['hello', f => Array.isArray(f['versions']) && f['versions'].every(isCount) && typeof f['token'] === 'string'],
  ['join', f => isName(f['room']) && (f['after'] === undefined || isCount(f['after']))],
  ['leave', f => isName(f['room'])],
  [
    'send',
    f =>
      isName(f['id']) &&
      typeof f['body'] === 'string' &&
      (isName(f['room']) ? f['to'] === undefined : f['room'] === undefined && isName(f['to'])),
  ],
  ['got', f => isCount(f['seq'])],
  ['who', f => isName(f['user'])],
  ['ping', f => isCount(f['n'])],
  ['pong', f => isCount(f['n'])],
  ['bye', () => true],
])

/**
 * The frame in a payload.
 * @throws ProtocolError bad_frame (fatal) when it is not UTF-8, JSON, or an object with a string `t`; bad_request when it is no frame of this protocol
 */
export function parse(payload: Uint8Array): ClientFrame {
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(payload))
  } catch {
    throw new ProtocolError('bad_frame', { fatal: true })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ProtocolError('bad_frame', { fatal: true })
  const frame = value as Record<string, unknown>
  if (typeof frame['t'] !== 'string') throw new ProtocolError('bad_frame', { fatal: true })
  if (!SHAPES.get(frame['t'])?.(frame))
    throw new ProtocolError('bad_request', { fatal: false, id: isName(frame['id']) ? frame['id'] : undefined })
  return frame as ClientFrame
}

/** A frame as text, ready for any number of receivers. */
export const outgoing = (frame: ServerFrame): Outgoing => ({ text: JSON.stringify(frame) })
