/** Bonus. A client over WebSocket: RFC 6455; PROTOCOL.md, section 9. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Chat } from './chat.ts'
import type { Config } from './types.ts'

/** The opening handshake (section 4.2 of the RFC), then `chat.accept` with a Transport of its own. `head`: bytes that came together with the handshake. */
export function acceptWebSocket(_request: IncomingMessage, socket: Duplex, _head: Buffer, _config: Config, _chat: Chat): void {
  socket.end('HTTP/1.1 501 Not Implemented\r\nconnection: close\r\n\r\n')
}
