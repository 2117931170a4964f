/** A client over TCP. */
import type { Socket } from 'node:net'
import { encodeFrame, FrameDecoder } from './framing.ts'
import { outgoing, ProtocolError } from './protocol.ts'
import type { Config, Transport, TransportEvents } from './types.ts'

/** Milliseconds that a peer has to close in turn. */
const LINGER = 1000
/** Bytes of one turn of the event loop that are sent together. */
const FLUSH = 64 * 1024

/**
 * Half-close: our FIN follows what is queued, and what the peer still sends is read and thrown away. Closing with unread bytes would send
 * RST instead, and RST makes the peer's kernel discard what it has not read yet: our last words.
 */
function farewell(socket: Socket): void {
  socket.removeAllListeners('data')
  socket.on('data', () => {}).resume()
  socket.end()
  const timer = setTimeout(() => socket.destroy(), LINGER)
  socket.once('close', () => clearTimeout(timer))
}

/** Tell a socket that was not admitted when to come back, and close it. */
export function refuseSocket(socket: Socket, retryInMs: number): void {
  socket.write(encodeFrame(outgoing({ t: 'error', code: 'busy', fatal: true, retryInMs }).text))
  farewell(socket)
}

/** Begins to read; what happens is told to `events`. */
export function tcpTransport(socket: Socket, config: Config, events: TransportEvents): Transport {
  const decoder = new FrameDecoder(config.maxFrameBytes)
  let open = true
  let corked = false
  const flush = () => {
    if (corked) socket.uncork()
    corked = false
  }
  socket.on('data', chunk => {
    events.heard()
    try {
      const payloads = [...decoder.feed(chunk)]
      for (const payload of payloads) {
        events.payload(payload)
        if (!open) return
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      events.broken(error.code === 'frame_too_large' ? 'frame_too_large' : 'bad_frame')
    }
  })
  socket.once('close', () => {
    open = false
    events.closed()
  })
  socket.resume()
  return {
    send(frame) {
      if (!open) return
      // All frames of one turn of the event loop leave in one system call.
      if (!corked) {
        corked = true
        socket.cork()
        process.nextTick(flush)
      }
      socket.write((frame.tcp ??= encodeFrame(frame.text)))
    },
    get waiting() {
      // Bytes that are held back here for one system call do not wait for the peer.
      if (corked && socket.writableLength > FLUSH) flush()
      return socket.writableLength
    },
    pause: () => void socket.pause(),
    resume: () => void (open && socket.resume()),
    end() {
      if (!open) return
      open = false
      farewell(socket)
    },
    destroy() {
      open = false
      socket.destroy()
    },
  }
}
