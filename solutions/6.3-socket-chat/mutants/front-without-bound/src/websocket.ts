/** A client over WebSocket: RFC 6455. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Chat } from './chat.ts'
import type { CloseReason, Config, Transport, TransportEvents } from './types.ts'
import { encodeWsFrame, OP, WsDecoder, WsError, type WsFrame } from './ws-frames.ts'

/** Section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** Milliseconds that a peer has to answer our close. */
const LINGER = 1000
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The opening handshake (section 4.2), and the connection when it is right. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer, config: Config, chat: Chat): void {
  const key = request.headers['sec-websocket-key'] ?? ''
  const refuse = (status: string, more = '') => socket.end(`HTTP/1.1 ${status}\r\n${more}connection: close\r\ncontent-length: 0\r\n\r\n`)
  if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') return void refuse('400 Bad Request')
  if (request.headers['sec-websocket-version'] !== '13') return void refuse('426 Upgrade Required', 'sec-websocket-version: 13\r\n')
  if (Buffer.from(key, 'base64').length !== 16) return void refuse('400 Bad Request')
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`)
  chat.accept(events => wsTransport(socket, head, config, events))
}

const closeCodeOf = (reason: CloseReason): number => (reason === 'left' || reason === 'draining' ? 1000 : reason === 'lost' ? 1001 : 1008)

/** Begins to read; `head` came together with the handshake. */
function wsTransport(socket: Duplex, head: Buffer, config: Config, events: TransportEvents): Transport {
  const decoder = new WsDecoder(config.maxFrameBytes)
  let parts: Buffer[] | undefined
  let open = true
  const close = (code: number): void => {
    if (!open) return
    open = false
    const body = Buffer.alloc(2)
    body.writeUInt16BE(code)
    socket.end(encodeWsFrame(OP.close, body))
    socket.removeAllListeners('data')
    socket.on('data', () => {}).resume()
    const timer = setTimeout(() => socket.destroy(), LINGER)
    socket.once('close', () => clearTimeout(timer))
  }
  const message = ({ fin, opcode, payload }: WsFrame): void => {
    if (opcode === OP.binary) throw new WsError(1003, 'binary')
    if ((opcode === OP.text) === (parts !== undefined)) throw new WsError(1002, 'fragments of two messages are mixed')
    parts = [...(parts ?? []), payload]
    if (parts.reduce((sum, part) => sum + part.length, 0) > config.maxFrameBytes || parts.length > 1024)
      throw new WsError(1009, 'too large')
    if (!fin) return
    const whole = parts.length === 1 ? payload : Buffer.concat(parts)
    parts = undefined
    try {
      utf8.decode(whole)
    } catch {
      throw new WsError(1007, 'not UTF-8')
    }
    events.payload(whole)
  }
  const control = ({ opcode, payload }: WsFrame): void => {
    if (opcode === OP.ping) {
      if (socket.writableLength > config.outboxBytes) return void socket.destroy() // it asks and does not read
      socket.write(encodeWsFrame(OP.pong, payload))
    }
    if (opcode !== OP.close) return
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1000
    const known = (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
    close(payload.length === 1 || !known ? 1002 : code)
    events.closed()
  }
  const read = (chunk: Buffer): void => {
    events.heard()
    try {
      for (const frame of decoder.feed(chunk)) {
        if (frame.opcode >= OP.close) control(frame)
        else message(frame)
        if (!open) return
      }
    } catch (error) {
      if (!(error instanceof WsError)) throw error
      close(error.closeCode)
      events.closed()
    }
  }
  socket.once('close', () => {
    open = false
    events.closed()
  })
  // What came with the handshake goes first, but not before the caller has the transport.
  process.nextTick(() => {
    if (head.length > 0) read(head)
    if (open) socket.on('data', read)
  })
  return {
    send: frame => void (open && socket.write((frame.ws ??= encodeWsFrame(OP.text, frame.text)))),
    waiting: 0,
    pause: () => void socket.pause(),
    resume: () => void (open && socket.resume()),
    end: reason => close(closeCodeOf(reason)),
    destroy() {
      open = false
      socket.destroy()
    },
  }
}
